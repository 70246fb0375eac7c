export { Answer, Refusal } from "./answer.ts";
export type { FormPayload } from "./body/form.ts";
export { parseLossless } from "./body/json.ts";
export { type Clock, type ClockOption, systemClock } from "./clock.ts";
export { Delivery } from "./delivery.ts";
export { type Duration, parseDuration } from "./duration.ts";
export { ConfigurationError, defaultStatus, WebhookError, type WebhookErrorCode, webhookErrorCodes } from "./errors.ts";
export type { Finding } from "./explain/finding.ts";
export { type ExplainRequest, type Explanation, explain } from "./explain.ts";
export type { WebRequest, WebResponse } from "./fetch.ts";
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
export type { FetchHeaders, HeaderRecord, HeadersLike } from "./headers.ts";
export { Incoming } from "./incoming.ts";
export { keepRawBody, type NodeRequest, type NodeResponse } from "./node.ts";
export type { KeyOption, OnDuplicate, OnReject, VerifierOptions } from "./options.ts";
export {
  type Decisions,
  defineProvider,
  type EncodingPolicy,
  type Handshake,
  type HandshakeSetting,
  type HandshakeTools,
  type PayloadKind,
  type PayloadOf,
  type Provider,
  type Reply,
} from "./provider.ts";
export { type MemoryReplayStoreOptions, memoryReplayStore } from "./replay/memory.ts";
export type { ReplayOption, StoreFailure } from "./replay/settings.ts";
export type { ClaimState, ReplayStore } from "./replay/store.ts";
export type { RequestHead } from "./request.ts";
export type { OutputOf, StandardResult, StandardSchema } from "./schema.ts";
export {
  body,
  type ContentPart,
  type ContentReference,
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
export {
  type Digest,
  type Ed25519Scheme,
  type Encoding,
  ed25519,
  hmac,
  type MacScheme,
  type Scheme,
  type SecretFormat,
  type SignatureField,
  type TimestampField,
  type TokenScheme,
  token,
} from "./scheme/scheme.ts";
export type { Secret, SecretLookup, Secrets } from "./secrets.ts";
export { createSigner, type Signer, type SignMessage, type SignRequest, sign } from "./sign.ts";
export { createVerifier, type Payload, type Verifier, type WebhookRequest } from "./verifier.ts";
