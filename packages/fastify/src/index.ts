export { type GuardrailRoute, guardrail } from "./guardrail.ts";
export type { WebhookConfig } from "./types.ts";
export { webhooks, webhooks as default } from "./webhooks.ts";
