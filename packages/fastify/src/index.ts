export { type GuardrailRoute, guardrail } from "./guardrail.ts";
export type { WebhookConfig } from "./types.ts";
export { type WebhookRoute, type WebhookRouteOptions, webhookRoute } from "./webhook-route.ts";
export { webhooks, webhooks as default } from "./webhooks.ts";
