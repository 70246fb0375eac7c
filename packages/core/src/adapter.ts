/**
 * For those who write an adapter: two functions, one for frameworks on `node:http` and one for frameworks on Fetch.
 *
 * @module
 */

export { admitIncoming, type IncomingVisit } from "./http/admit-incoming.ts";
export { admitRequest, type RequestVisit } from "./http/admit-request.ts";
export { closing } from "./http/node-response.ts";
export { createReceiver, type Receiver } from "./http/receiver.ts";
export { withholdFrom } from "./http/withhold.ts";
export { isPromise, type MaybePromise } from "./lib/promises.ts";
