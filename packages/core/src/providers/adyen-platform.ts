import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The JSON body of a webhook from Adyen, platforms and management, as its documentation shows one. */
export interface AdyenPlatformEvent {
  /** What happened, such as `balancePlatform.transfer.created`. */
  readonly type: string;
  /** The resource that changed, as the vendor's API shows it. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Adyen's webhooks for platforms, financial products and management: HMAC-SHA256 over the body, in the header `HmacSignature`. Payment webhooks carry the signature inside the body and are another row.
 *
 * @see https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { adyenPlatform } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(adyenPlatform, { secret: "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056" });
 * ```
 */
export const adyenPlatform = row<AdyenPlatformEvent>({
  name: "adyen-platform",
  docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    secret: "hex",
    signature: { header: "hmacsignature" },
    content: [body],
  }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
