export { keepRawBody } from "@countersign/core";
export { guardrail } from "./guardrail.ts";
export type { WebhookHandler, WebhookLocals } from "./types.ts";
export { webhook } from "./webhook.ts";
