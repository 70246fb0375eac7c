export { answerInstead, answerResponse, mistake, readRequest, settleResponse } from "./fetch.ts";
export { isPromise, type Maybe } from "./maybe.ts";
export { admitIncoming, answerIncoming, closing, readIncoming, settleOnEnd } from "./node.ts";
