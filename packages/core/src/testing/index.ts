export { type ContractCase, replayStoreContract, type ReplayStoreSubject } from "./replay-contract.ts";
export { type FakeClock, fakeClock } from "./clock.ts";
export { type SignedRequest, type SignedRequestOptions, signedRequest, testSecret } from "./signed-request.ts";
