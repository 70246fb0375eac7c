import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The JSON body of a webhook from Kontent.ai, as its documentation shows one. */
export interface KontentAiPayload {
  /** At least one; several changes may share a request. */
  readonly notifications: readonly {
    /** The resource that changed, as the vendor's API shows it. */
    readonly data: Readonly<Record<string, unknown>>;
    /** Which change was made; the list grows, so expect others. */
    readonly message: Readonly<Record<string, unknown>>;
  }[];
  readonly [field: string]: unknown;
}

/**
 * Kontent.ai: HMAC-SHA256 over the body.
 *
 * @see https://kontent.ai/learn/docs/webhooks/webhooks/javascript
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { kontentAi } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(kontentAi, { secret: "the webhook's secret" });
 * ```
 */
export const kontentAi = row<KontentAiPayload>({
  name: "kontent-ai",
  docs: "https://kontent.ai/learn/docs/webhooks/webhooks/javascript",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-kontent-ai-signature" },
    content: [body],
  }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
