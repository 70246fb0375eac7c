import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/**
 * Hookdeck's gateway, which signs what it forwards: HMAC-SHA256 over the body. While a secret is rotated a second header carries the other signature. The body is whatever the source sent.
 *
 * @see https://hookdeck.com/docs/authentication
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { hookdeck } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(hookdeck, { secret: "the signing secret" });
 * ```
 */
export const hookdeck = row<unknown>({
  name: "hookdeck",
  docs: "https://hookdeck.com/docs/authentication",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: ["x-hookdeck-signature", "x-hookdeck-signature-2"] },
    content: [body],
  }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
