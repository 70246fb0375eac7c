/** How much an event matters, least first. */
export type Severity = "info" | "warn" | "error" | "critical";

/** Severities in their order, least first. */
export const severities: readonly Severity[] = Object.freeze(["info", "warn", "error", "critical"]);

/** What an application hands to the sender. */
export interface WebhookEvent<Data = unknown> {
  /** Unique per event; made when absent. Sending the same id to the same endpoint twice enqueues it once. */
  readonly id?: string;
  /** What happened, in the producer's own words: `"nodeCreated"`, `"auth.success"`. */
  readonly type: string;
  /** How grave it is, default `"info"`: what `minSeverity` filters and chats colour by. */
  readonly severity?: Severity;
  /** When it happened: milliseconds since the epoch, a Date or an RFC 3339 string. Default: when it was sent. */
  readonly time?: number | Date | string;
  /** What the receiver is told. Anything that JSON can hold. */
  readonly data: Data;
}
