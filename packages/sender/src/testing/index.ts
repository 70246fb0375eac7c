export { type ContractCase, type OutboxUnderTest, outboxContract } from "./outbox-contract.ts";
export {
  type RecordedAnswer,
  type RecordedRequest,
  type RecordingReceiver,
  recordingReceiver,
} from "./receiver.ts";
