export { type FakeClock, fakeClock } from "./clock.ts";
export {
  type ContractCase,
  inspectableReplayStoreContract,
  type ReplayStoreSubject,
  replayStoreContract,
} from "./replay-contract.ts";
export { type SignedRequest, type SignedRequestOptions, signedRequest, testSecret } from "./signed-request.ts";
