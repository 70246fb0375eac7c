import { defineProvider } from "@countersign/core";
import { jws } from "../jws/jws.ts";

/**
 * Saleor: a detached JWS (RS256) over the body as it is. What the body holds is what your subscription query asks for.
 * Keys: `jwks()` of `https://<your Saleor>/.well-known/jwks.json`; take the address from your own configuration, never
 * from the request's `saleor-api-url`.
 *
 * @see https://docs.saleor.io/developer/extending/webhooks/payload-signature
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { saleor } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(saleor, { secret: jwks("https://shop.saleor.cloud/.well-known/jwks.json") });
 * ```
 */
export const saleor = defineProvider<unknown>({
  name: "saleor",
  docs: "https://docs.saleor.io/developer/extending/webhooks/payload-signature",
  // Saleor signs with PyJWT, which writes b64 without the crit that RFC 7797 asks for.
  scheme: jws({ header: "saleor-signature", algorithms: ["RS256"], b64: false, crit: false }),
  unprotected:
    "No time is signed, nor are the headers saleor-event and saleor-api-url; and a signature holds for every app of the shop.",
});
