import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The JSON body of a webhook from Modern Treasury, as its documentation shows one. */
export interface ModernTreasuryEvent {
  /** What happened, such as `completed` or `reconciled`. */
  readonly event: string;
  /** The resource that changed; its `object` says which, such as `payment_order`. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Modern Treasury: HMAC-SHA256 over the body.
 *
 * @see https://docs.moderntreasury.com/platform/reference/webhook-signatures
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { modernTreasury } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(modernTreasury, { secret: "the webhook key" });
 * ```
 */
export const modernTreasury = row<ModernTreasuryEvent>({
  name: "modern-treasury",
  docs: "https://docs.moderntreasury.com/platform/reference/webhook-signatures",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-signature" },
    content: [body],
  }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
