export { answerInstead, answerResponse, mistake, readRequest, settleResponse } from "./fetch.ts";
export { isPromise, type Maybe } from "./maybe.ts";
export { readIncoming } from "./node.ts";
export { admitIncoming, answerIncoming, closing, settleOnEnd } from "./node-response.ts";
