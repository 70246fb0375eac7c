export { type ContractCase, type OutboxUnderTest, outboxContract } from "./outbox-contract.ts";
export {
  type RecordedAnswer,
  type RecordedRequest,
  type RecordingReceiver,
  recordingReceiver,
} from "./receiver.ts";
export { type Stage, stage } from "./stage.ts";
export { type StubAnswer, type StubRequest, type StubTransport, stubTransport } from "./stub-transport.ts";
