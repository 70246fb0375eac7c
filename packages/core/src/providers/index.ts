export {
  type ApertureAuthorization,
  type ApertureCost,
  type ApertureEventName,
  type ApertureMetadata,
  type ApertureOptions,
  type AperturePayload,
  type ApertureQuota,
  type ApertureToolCall,
  type ApertureUsage,
  aperture,
} from "./aperture.ts";
export {
  type AponoEvent,
  type AponoEventType,
  type AponoNamed,
  type AponoOptions,
  type AponoPerson,
  type AponoRequest,
  type AponoTime,
  type AponoTrigger,
  apono,
  aponoTime,
  aponoTrigger,
} from "./apono.ts";
export { type GitHubEvent, github } from "./github.ts";
export { type SlackCommand, type SlackEvent, type SlackInteraction, type SlackPayload, slack } from "./slack.ts";
export { type StalwartEvent, type StalwartEventType, type StalwartPayload, stalwart } from "./stalwart.ts";
export { type StandardWebhooksEvent, standardWebhooks, standardWebhooksAsymmetric } from "./standard-webhooks.ts";
export { type StripeEvent, stripe } from "./stripe.ts";
export { svix } from "./svix.ts";
export { type TailscaleEvent, type TailscaleEventData, type TailscaleEventType, tailscale } from "./tailscale.ts";
export {
  type TapPassEvent,
  type TapPassEventKind,
  type TapPassOptions,
  type TapPassSeverity,
  tappass,
} from "./tappass.ts";
