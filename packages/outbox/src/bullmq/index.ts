export { type WebhookJob, type WebhookProcessorOptions, webhookProcessor } from "./processor.ts";
