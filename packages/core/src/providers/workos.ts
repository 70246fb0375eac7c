import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** Something that happened in a directory, a connection or user management. */
export interface WorkOSEvent {
  /** `event_…`: stays the same when it is sent again, and is the idempotency key. */
  readonly id: string;
  /** What happened: a resource and a verb in the past, such as `dsync.user.created`. */
  readonly event: Open<"dsync.user.created" | "dsync.user.updated" | "user.created" | "connection.activated">;
  /** RFC 3339. */
  readonly created_at: string;
  /** The user, directory, connection or other resource after the change. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * WorkOS: HMAC-SHA256 over time and body. The time is in milliseconds.
 *
 * @see https://workos.com/docs/events/data-syncing/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { workos } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(workos, { secret: "the endpoint's secret" });
 * ```
 */
export const workos = row<WorkOSEvent>({
  name: "workos",
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "workos-signature", layout: "t={timestamp}, v1={signature}" },
    timestamp: { unit: "ms", tolerance: "3m" },
    content: [timestamp, ".", body],
  }),
  key: (event) => textAt(event, "id"),
  retries: "72h",
  unprotected: "Events may come out of order; created_at in the body says when.",
});
