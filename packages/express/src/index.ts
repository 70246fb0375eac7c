export { keepRawBody } from "@countersign/core";
export { guardrail } from "./guardrail.ts";
export type { WebhookLocals } from "./types.ts";
export { webhook } from "./webhook.ts";
