export type { Body } from "./body/body.ts";
export { type JsonOptions, json } from "./body/json.ts";
export { templateFilters } from "./body/path.ts";
export { type TemplateOptions, template } from "./body/template.ts";
export type { BreakerOptions } from "./breaker.ts";
export type { AuthOptions } from "./endpoint/headers.ts";
export type { EndpointOptions, Method, RateOptions, ThrottleOptions } from "./endpoint/options.ts";
export type { SignOptions } from "./endpoint/sign.ts";
export type { TlsOptions } from "./endpoint/tls.ts";
export type { EndpointDescription, Endpoints } from "./endpoints.ts";
export type { Severity, WebhookEvent } from "./event.ts";
export type { CallResult, Exchange, TestResult } from "./exchange.ts";
export type { FilterOptions } from "./filter.ts";
export type { AttemptResponse, Cut, Format, FormattedMessage, Verdict } from "./format.ts";
export { type Hooks, type SenderEvents, type Subject, senderChannels } from "./hooks.ts";
export { type MemoryOutboxOptions, memoryOutbox } from "./outbox/memory.ts";
export {
  type Burial,
  type ClaimedItem,
  type ClaimRequest,
  type DeadLetter,
  type EndpointState,
  type EndpointStats,
  MOST_RECORDS,
  type Outbox,
  OutboxFull,
  type OutboxItem,
  type Placed,
  type Placement,
  type Progress,
  type RetryPlan,
  remember,
} from "./outbox/outbox.ts";
export type { Outcome, SendHandle } from "./outcome.ts";
export type { AttemptRecord } from "./record.ts";
export { defaultStatuses, type Meaning, retryEverything, type StatusTable } from "./retry/policy.ts";
export {
  type ExponentialOptions,
  every,
  exponential,
  never,
  type Random,
  type Schedule,
  waits,
} from "./retry/schedule.ts";
export type { Readers, SecretSource } from "./secret.ts";
export { createSender, type DeadLetters, type Sender, type SenderOptions } from "./sender.ts";
export { type DeliveredEvent, type StoredEvent, severities } from "./stored-event.ts";
export { type ApertureContext, type ApertureData, type ApertureHooks, fromAperture } from "./systems/aperture.ts";
export type { ApertureChain, ApertureDecision } from "./systems/aperture-chain.ts";
export type {
  ApertureAuthorizationKind,
  ApertureEventType,
  ApertureField,
  ApertureHookConfig,
  ApertureSendHook,
  ApertureSettings,
} from "./systems/aperture-config.ts";
export {
  type AponoCondition,
  type AponoData,
  type AponoPayload,
  type AponoTriggerName,
  type AponoWebhookConfig,
  fromApono,
} from "./systems/apono.ts";
export { defaultRedactors, type Redactors } from "./systems/redact.ts";
export {
  fromStalwart,
  type StalwartAuth,
  type StalwartContext,
  type StalwartSecret,
  type StalwartWebhookConfig,
} from "./systems/stalwart.ts";
export {
  fromTailscale,
  type TailscaleContext,
  type TailscaleData,
  type TailscaleWebhookConfig,
  tailscaleEvent,
} from "./systems/tailscale.ts";
export { fromTapPass, type TapPassContext, type TapPassExport, tappassEvent } from "./systems/tappass.ts";
export { metadataAddresses, type SpecialRange, specialRanges } from "./transport/addresses.ts";
export { defineGuard, type Guard, type GuardOptions } from "./transport/guard.ts";
export { type HttpTransportOptions, httpTransport } from "./transport/http.ts";
export type { Resolve, ResolvedAddress } from "./transport/resolve.ts";
export type {
  AttemptErrorCode,
  Timings,
  TlsSettings,
  Transport,
  TransportRequest,
  TransportResult,
} from "./transport/transport.ts";
