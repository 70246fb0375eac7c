export { type ContractCase, type ContractOptions, outboxContract } from "./outbox/contract.ts";
export type { OpenTransaction, OutboxUnderTest } from "./outbox/kit.ts";
export {
  type RecordedAnswer,
  type RecordedRequest,
  type RecordingReceiver,
  recordingReceiver,
} from "./receiver.ts";
export { type Stage, type StageOptions, stage } from "./stage.ts";
export { type StubAnswer, type StubRequest, type StubTransport, stubTransport } from "./stub-transport.ts";
