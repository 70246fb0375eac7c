export type { AttemptResponse, Ruling, Severity, WebhookEvent } from "@countersign/core/event";
export type { Body } from "./body/body.ts";
export { type JsonOptions, json } from "./body/json.ts";
export { readVariable, type TemplateOptions, template } from "./body/template.ts";
export type { FilterOptions, Unwanted } from "./endpoint/filter.ts";
export type { AuthOptions } from "./endpoint/headers.ts";
export type { EndpointOptions, Method } from "./endpoint/options.ts";
export type { OutgoingEvent, StoredEvent } from "./event/stored-event.ts";
export {
  type Attempting,
  type EndpointNamed,
  type Hooks,
  type SenderEvents,
  type Subject,
  senderChannels,
  type Tried,
} from "./hooks.ts";
export type { DeadLetterPage, DeadLetterQuery, DeadLetters } from "./lane/dead-letters.ts";
export type {
  AttemptAgain,
  AttemptDead,
  AttemptDisabled,
  AttemptDiscarded,
  AttemptDone,
  Attempted,
  AttemptOptions,
  AttemptResult,
} from "./lane/engine.ts";
export type { EndpointDescription, Endpoints } from "./lane/lanes.ts";
export type { CallResult, Exchange, TestResult } from "./lane/once.ts";
export type { Outcome, SendHandle, SendPlacement } from "./lane/outcome.ts";
export { type MemoryOutboxOptions, memoryOutbox } from "./outbox/memory/outbox.ts";
export type { Outbox } from "./outbox/outbox.ts";
export {
  type Burial,
  type ClaimAsk,
  type ClaimedItem,
  type ClaimRef,
  type DeadLetter,
  type EndpointState,
  type EndpointStats,
  type Finished,
  type ItemOutcome,
  type ListAsk,
  type Look,
  type LookAsk,
  MOST_RECORDS,
  type OutboxItem,
  type Page,
  type Progress,
  type RedriveAsk,
  type Redriven,
  type Result,
  type Room,
  type StateChange,
} from "./outbox/parts.ts";
export { type EnqueueOptions, OutboxFull, type Placed, type Placement, type Placing } from "./outbox/placing.ts";
export type { AttemptRecord, RequestPart } from "./outbox/record.ts";
export {
  type EveryOptions,
  type ExponentialOptions,
  every,
  exponential,
  type NeverOptions,
  never,
  type Schedule,
  waits,
} from "./pace/schedule.ts";
export { defaultStatuses, retryEverything, type StatusTable } from "./pace/statuses.ts";
export type { Readers, SecretSource } from "./secret/secret.ts";
export { createSender, type Sender, type SenderOptions, type SendOptions } from "./sender.ts";
export { machineClock, type SenderClock, steady } from "./time/steady.ts";
export type { GuardOption, GuardOptions } from "./transport/guard.ts";
export { type HttpTransportOptions, httpTransport } from "./transport/http.ts";
export type { LimitOptions } from "./transport/limits.ts";
export type { Resolve, ResolvedAddress } from "./transport/resolve.ts";
export type {
  AttemptErrorCode,
  Timings,
  TlsSettings,
  Transport,
  TransportRequest,
  TransportResult,
} from "./transport/transport.ts";
