export { type AdyenPlatformEvent, adyenPlatform } from "./adyen-platform.ts";
export { providers } from "./all.ts";
export { type AnthropicEvent, anthropic } from "./anthropic.ts";
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
export { type AsanaEvent, type AsanaPayload, asana } from "./asana.ts";
export { type AzureDevOpsEvent, azureDevops } from "./azure-devops.ts";
export type { BasicOptions } from "./basic.ts";
export { type BitbucketEvent, bitbucket } from "./bitbucket.ts";
export { type BoxEvent, box } from "./box.ts";
export { type CalendlyEvent, calendly } from "./calendly.ts";
export { type ChargebeeEvent, chargebee } from "./chargebee.ts";
export { type CircleCiEvent, circleci } from "./circleci.ts";
export { type ClerkEvent, clerk } from "./clerk.ts";
export { type CloudEvent, type CloudEventsOptions, cloudEvents } from "./cloud-events.ts";
export { type CoinbaseCommercePayload, coinbaseCommerce } from "./coinbase-commerce.ts";
export { type ContentfulPayload, contentful } from "./contentful.ts";
export { type DeepgramTranscript, deepgram } from "./deepgram.ts";
export { type DiscordInteraction, type DiscordPayload, type DiscordWebhookEvent, discord } from "./discord.ts";
export { type DodoPaymentsEvent, dodoPayments } from "./dodo-payments.ts";
export { type DropboxNotification, dropbox } from "./dropbox.ts";
export { type EasyPostEvent, easypost } from "./easypost.ts";
export { type ElevenLabsEvent, elevenlabs } from "./elevenlabs.ts";
export { type FalEvent, fal } from "./fal.ts";
export type { Open } from "./fields.ts";
export { type FinchEvent, finch } from "./finch.ts";
export { type FlutterwaveEvent, flutterwave } from "./flutterwave.ts";
export { forgejo } from "./forgejo.ts";
export {
  type HmacSignatureOptions,
  hmacSignature,
  type TimestampedSignatureOptions,
  timestampedSignature,
} from "./generic.ts";
export { getstream, type StreamEvent } from "./getstream.ts";
export { type GiteaEvent, gitea } from "./gitea.ts";
export { type GitHubEvent, github } from "./github.ts";
export { type GitHubSecretMatch, githubSecretScanning } from "./github-secret-scanning.ts";
export { type GitLabEvent, gitlab, gitlabSigned } from "./gitlab.ts";
export { type GoCardlessPayload, gocardless } from "./gocardless.ts";
export { hookdeck } from "./hookdeck.ts";
export { type HubSpotEvent, hubspot } from "./hubspot.ts";
export { type IntercomNotification, intercom } from "./intercom.ts";
export { type KontentAiPayload, kontentAi } from "./kontent-ai.ts";
export { type LineEvent, type LinePayload, line } from "./line.ts";
export { type LinearEntityEvent, type LinearEvent, type LinearEventOf, type LinearNotice, linear } from "./linear.ts";
export { type LithicEvent, lithic } from "./lithic.ts";
export { type LiveblocksEvent, liveblocks } from "./liveblocks.ts";
export { type MetaEntry, type MetaPayload, meta } from "./meta.ts";
export { type ModernTreasuryEvent, modernTreasury } from "./modern-treasury.ts";
export { type MuxEvent, mux } from "./mux.ts";
export { type NotionEvent, notion } from "./notion.ts";
export { type OnfidoPayload, onfido } from "./onfido.ts";
export { type OpenAIEvent, openai } from "./openai.ts";
export { type PaddleEvent, paddle } from "./paddle.ts";
export { type PagerDutyEvent, type PagerDutyPayload, pagerduty } from "./pagerduty.ts";
export { type PolarEvent, polar } from "./polar.ts";
export { type PostmarkEvent, postmark } from "./postmark.ts";
export { type PusherPayload, pusher } from "./pusher.ts";
export { type RazorpayEvent, razorpay } from "./razorpay.ts";
export { type ReplicatePrediction, replicate } from "./replicate.ts";
export { type ResendEvent, resend } from "./resend.ts";
export { type SanityDocument, sanity } from "./sanity.ts";
export { type SendGridEvent, sendgrid } from "./sendgrid.ts";
export { type SentryEvent, sentry } from "./sentry.ts";
export { type ShopifyPayload, shopify, shopifyEvents } from "./shopify.ts";
export {
  type SlackCommand,
  type SlackEvent,
  type SlackEventCallback,
  type SlackInteraction,
  type SlackInteractionOf,
  type SlackNotice,
  type SlackPayload,
  type SlackRateLimited,
  type SlackTrigger,
  slack,
} from "./slack.ts";
export { type SquareEvent, square } from "./square.ts";
export {
  type StalwartAuthData,
  type StalwartAuthEventType,
  type StalwartDeliveryEventType,
  type StalwartEvent,
  type StalwartEventData,
  type StalwartEventOf,
  type StalwartEventType,
  type StalwartPayload,
  type StalwartServerEventType,
  stalwart,
} from "./stalwart.ts";
export { type StalwartHttpAuthOptions, stalwartHttpAuth } from "./stalwart-http-auth.ts";
export { type StandardWebhooksEvent, standardWebhooks, standardWebhooksAsymmetric } from "./standard-webhooks.ts";
export { type StripeEvent, stripe } from "./stripe.ts";
export { type SupabaseHook, supabase } from "./supabase.ts";
export { svix } from "./svix.ts";
export {
  type TailscaleDeviceData,
  type TailscaleDeviceEventType,
  type TailscaleEvent,
  type TailscaleEventData,
  type TailscaleEventOf,
  type TailscaleEventType,
  type TailscalePolicyData,
  type TailscaleRoleData,
  type TailscaleUserData,
  type TailscaleUserEventType,
  type TailscaleWebhookEventType,
  tailscale,
} from "./tailscale.ts";
export {
  type TapPassEvent,
  type TapPassEventKind,
  type TapPassOptions,
  type TapPassSeverity,
  tappass,
} from "./tappass.ts";
export { type TelegramUpdate, telegram } from "./telegram.ts";
export { type TelnyxEvent, telnyx } from "./telnyx.ts";
export { type TwilioParameters, twilio } from "./twilio.ts";
export { type TypeformEvent, typeform } from "./typeform.ts";
export { type VercelEvent, vercel } from "./vercel.ts";
export { type WebflowEvent, webflow } from "./webflow.ts";
export { whatsapp } from "./whatsapp.ts";
export { type WiseEvent, wise } from "./wise.ts";
export { type WorkOSEvent, workos } from "./workos.ts";
export { type ZendeskEvent, zendesk } from "./zendesk.ts";
export { type ZoomEvent, zoom } from "./zoom.ts";
