export { type Severity, severities, type WebhookEvent } from "./event.ts";
export type { AttemptResponse, Cut, Format, FormattedMessage, Ruling } from "./format.ts";
