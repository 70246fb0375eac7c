/** What went wrong with a durable outbox, as a stable word. */
export type OutboxErrorCode =
  | "busy"
  | "closed"
  | "corrupt"
  | "disk_failed"
  | "disk_full"
  | "lease_lost"
  | "newer_schema"
  | "no_driver"
  | "not_migrated"
  | "read_only";

/** A durable outbox that cannot keep what it is given, and says so: nothing was taken. */
export class OutboxError extends Error {
  override readonly name = "OutboxError";
  /** The reason in a word, which stays the same over versions. */
  readonly code: OutboxErrorCode;

  constructor(code: OutboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
