export type { FormPayload } from "./body/form.ts";
export { parseLossless, toJson } from "./body/json.ts";
export {
  type Answer,
  ConfigurationError,
  defaultStatus,
  WebhookError,
  type WebhookErrorCode,
  webhookErrorCodes,
} from "./errors/errors.ts";
export { type ExplainRequest, type Explanation, explain } from "./explain/explain.ts";
export type { Finding } from "./explain/finding.ts";
export type { ExplainBudget } from "./explain/prover.ts";
export {
  allow,
  block,
  type Decide,
  type Decision,
  type Guardrail,
  type GuardrailCall,
  type GuardrailFailure,
  type GuardrailOptions,
  guardrail,
  modify,
} from "./guardrail.ts";
export type { RequestHead } from "./head/head.ts";
export type { FetchHeaders, HeaderRecord, HeadersLike } from "./head/headers.ts";
export type { WebRequest, WebResponse } from "./http/fetch.ts";
export type { IncomingHandler } from "./http/handle-incoming.ts";
export { keepRawBody, type NodeRequest, type NodeResponse } from "./http/node-request.ts";
export type { PlainAnswer, PlainResponse, WebhookRequest } from "./http/plain.ts";
export { asymmetric } from "./kind/asymmetric.ts";
export { ed25519 } from "./kind/ed25519.ts";
export { hmac } from "./kind/hmac.ts";
export { token } from "./kind/token.ts";
export { anyOf, until } from "./receive/any-of.ts";
export { Delivery } from "./receive/delivery.ts";
export type { ExplainFunction } from "./receive/explaining.ts";
export type { Inbox, KeptDelivery } from "./receive/inbox.ts";
export { Incoming } from "./receive/incoming.ts";
export type { InspectNotice, InspectStep } from "./receive/inspect.ts";
export type { AcceptNotice, RejectNotice } from "./receive/notices.ts";
export type { OnReject, VerifierOptions } from "./receive/options.ts";
export { Refusal } from "./receive/refusal.ts";
export type { Log } from "./receive/report.ts";
export type { OutputOf, StandardResult, StandardSchema } from "./receive/schema.ts";
export { bridgeReplayStores, type ReplayStoreMove } from "./replay/bridge.ts";
export { defineReplayStore } from "./replay/define.ts";
export { type ReplayKeyOptions, type ReportedKey, replayKeyOf } from "./replay/key.ts";
export { type MemoryReplayStore, type MemoryReplayStoreOptions, memoryReplayStore } from "./replay/memory.ts";
export type { ReplayNotice } from "./replay/notice.ts";
export type {
  KeyOption,
  KeyValue,
  OnDuplicate,
  ReplayOption,
  ReplayStoreOptions,
  StoreFailure,
} from "./replay/options.ts";
export type {
  ClaimState,
  InspectableReplayStore,
  Inspection,
  ReplayOperations,
  ReplayStore,
  Twin,
} from "./replay/store.ts";
export type { AsymmetricAlgorithm, SignatureForm } from "./scheme/algorithms.ts";
export {
  body,
  bodyHash,
  type ContentPart,
  type ContentReference,
  crc32,
  form,
  header,
  id,
  listedHeaders,
  method,
  path,
  pathAs,
  timestamp,
  url,
  urlAs,
} from "./scheme/content.ts";
export { defineProvider } from "./scheme/define-provider.ts";
export type { Digest, Encoding, SecretFormat } from "./scheme/encoding.ts";
export type { ProofScheme } from "./scheme/proof-scheme.ts";
export type {
  Decisions,
  EncodingPolicy,
  Handshake,
  HandshakeSetting,
  HandshakeTools,
  PayloadKind,
  PayloadOf,
  Provider,
} from "./scheme/provider.ts";
export type {
  AsymmetricScheme,
  MacScheme,
  Scheme,
  SignatureField,
  SigningScheme,
  TimestampField,
  TokenScheme,
} from "./scheme/scheme.ts";
export type { KeyWanted, Secret, Secrets } from "./scheme/secret.ts";
export type { SecretLookup, SecretsByProvider } from "./secret/secrets.ts";
export type { ExternalSigner, SignBytes } from "./sign/external.ts";
export {
  createSigner,
  type Signer,
  type SignerOptions,
  type SignMessage,
  type SignRequest,
  sign,
} from "./sign/sign.ts";
export { type Clock, type ClockOption, systemClock } from "./time/clock.ts";
export { type Duration, parseDuration } from "./time/duration.ts";
export { createVerifier, type Payload, type Verifier } from "./verifier.ts";
