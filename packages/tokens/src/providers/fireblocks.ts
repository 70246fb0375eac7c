import { defineProvider } from "@countersign/core";
import { jws } from "../jws/jws.ts";

/** A notification of Fireblocks' webhooks, version 2. */
export interface FireblocksWebhook {
  /** Stays the same when the notification is sent again. */
  readonly id: string;
  /** What happened, such as `transaction.created`. */
  readonly eventType: string;
  /** Counts how often the shape of `data` has changed. */
  readonly eventVersion?: number;
  /** The transaction, vault account or wallet that it is about. */
  readonly resourceId?: string;
  /** A UUID: compare it with your own workspace's. */
  readonly workspaceId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The resource as it is now: a transaction, a vault account. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Fireblocks (webhooks version 2): a detached JWS (RS512) over the body. Keys by region, such as
 * `jwks("https://keys.fireblocks.io/.well-known/jwks.json")`; the others begin with `eu-keys`, `eu2-keys` and
 * `sandbox-keys`.
 *
 * @see https://developers.fireblocks.com/reference/validating-webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { fireblocks } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(fireblocks, { secret: jwks("https://keys.fireblocks.io/.well-known/jwks.json") });
 * ```
 */
export const fireblocks = defineProvider<FireblocksWebhook>({
  name: "fireblocks",
  docs: "https://developers.fireblocks.com/reference/validating-webhooks",
  scheme: jws({ header: "fireblocks-webhook-signature", algorithms: ["RS512"] }),
  key: ({ id }) => (typeof id === "string" ? id : undefined),
  retries: "8h",
  unprotected:
    "No time is signed, and all customers of a region have the same keys: look whether workspaceId is yours, and use a replay store.",
});
