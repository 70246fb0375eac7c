export { guardrail } from "./guardrail.ts";
export type { WebhookEnv } from "./types.ts";
export { webhook } from "./webhook.ts";
