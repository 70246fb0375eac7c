export { answerInstead, answerResponse, readRequest, settleResponse } from "./fetch.ts";
export { isPromise, type Maybe } from "./maybe.ts";
export { admitIncoming, answerIncoming, closing, mistake, readIncoming, settleOnEnd } from "./node.ts";
