export { answerInstead, answerResponse, mistake, readRequest, settleResponse } from "./http/fetch.ts";
export { readIncoming } from "./http/node-request.ts";
export { admitIncoming, answerIncoming, closing, settleOnEnd } from "./http/node-response.ts";
export { isPromise, type Maybe } from "./lib/promises.ts";
