import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { type Open, record } from "./fields.ts";

/** A change of something in Linear, and its new state. */
export interface LinearEvent {
  /** Whether the entity was made, changed or deleted. */
  readonly action: Open<"create" | "update" | "remove">;
  /** What changed, such as `Issue` or `Comment`. */
  readonly type: string;
  /** Milliseconds since the epoch. Signed with the body, and what the window is checked against. */
  readonly webhookTimestamp: number;
  /** Which of the workspace's webhooks fired: a UUID. It does not identify the delivery. */
  readonly webhookId?: string;
  /** The workspace in which it happened: a UUID. */
  readonly organizationId?: string;
  /** When the change was made, ISO 8601. */
  readonly createdAt?: string;
  /** The entity after the change, or as it was when it was removed. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Earlier contents of what an `update` changed, by property; absent for other actions. */
  readonly updatedFrom?: Readonly<Record<string, unknown>>;
  /** Page of the entity in Linear's application. */
  readonly url?: string;
  readonly [field: string]: unknown;
}

/**
 * Linear: HMAC-SHA256 over the body. The time is in the body, as `webhookTimestamp`, and must lie within a minute; a
 * body without it is refused.
 *
 * @see https://linear.app/developers/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { linear } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(linear, { secret: "lin_wh_SECRET" });
 * ```
 */
export const linear = row<LinearEvent>({
  name: "linear",
  docs: "https://linear.app/developers/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "linear-signature" },
    content: [body],
  }),
  occurredAt(event) {
    const time = record(event)?.webhookTimestamp;
    return typeof time === "number" ? time : undefined;
  },
  tolerance: "1m",
  // Three: after a minute, an hour and six hours.
  retries: "8h",
  unprotected:
    "The headers Linear-Event, Linear-Delivery and Linear-Timestamp are not signed; read type and action from the body.",
});
