/**
 * Sends as five systems do: each one's own configuration becomes endpoints of `@countersign/sender`.
 *
 * @module
 */

export { type ApertureContext, type ApertureHooks, apertureEvent, fromAperture } from "./aperture/aperture.ts";
export type { ApertureChain, ApertureDecision } from "./aperture/chain.ts";
export type {
  ApertureAuthorizationKind,
  ApertureCapability,
  ApertureData,
  ApertureEventType,
  ApertureField,
  ApertureGrant,
  ApertureHookConfig,
  ApertureSendHook,
  ApertureSettings,
  ApertureToolCall,
} from "./aperture/config.ts";
export type { ApertureFinding } from "./aperture/matching.ts";
export { fromApono } from "./apono/apono.ts";
export type {
  AponoApiWebhook,
  AponoCondition,
  AponoContext,
  AponoData,
  AponoPayload,
  AponoTriggerName,
  AponoWebhookConfig,
} from "./apono/config.ts";
export type { LoadedEndpoints, Note } from "./document/notes.ts";
export { ConfigurationTextError } from "./document/positions.ts";
export type {
  StalwartAuth,
  StalwartContext,
  StalwartLevel,
  StalwartOwnSecrets,
  StalwartSecret,
  StalwartWebhookConfig,
} from "./stalwart/config.ts";
export { stalwartEventTypes } from "./stalwart/events.ts";
export { fromStalwart } from "./stalwart/stalwart.ts";
export type {
  TailscaleChat,
  TailscaleContext,
  TailscaleData,
  TailscaleTerraformConfig,
  TailscaleWebhookConfig,
  TailscaleWebhookList,
} from "./tailscale/config.ts";
export { manageTailscale, type TailscaleManagement } from "./tailscale/manage.ts";
export { fromTailscale, tailscaleEvent } from "./tailscale/tailscale.ts";
export type {
  TapPassConfig,
  TapPassContext,
  TapPassExport,
  TapPassNativeExport,
} from "./tappass/config.ts";
export { defaultRedactors, type Redactors } from "./tappass/redact.ts";
export { fromTapPass, tappassEvent } from "./tappass/tappass.ts";
