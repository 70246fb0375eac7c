export { guardrail } from "./guardrail.ts";
export type { UnknownEnv, WebhookEnv } from "./types.ts";
export { webhook } from "./webhook.ts";
