export { keepRawBody } from "@countersign/core";
export type { WebhookLocals } from "./types.ts";
export { webhook } from "./webhook.ts";
