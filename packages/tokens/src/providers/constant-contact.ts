import { defineProvider } from "@countersign/core";
import { jws } from "../jws/jws.ts";

/**
 * Constant Contact (API version 3): a detached JWS (RS256) over the body as it is, with the time in its header. Keys:
 * `jwks("https://developer.constantcontact.com/.well-known/jwks.json")`.
 *
 * @see https://developer.constantcontact.com/api_guide/webhook_authenticity.html
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { constantContact } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(constantContact, {
 *   secret: jwks("https://developer.constantcontact.com/.well-known/jwks.json"),
 * });
 * ```
 */
export const constantContact = defineProvider<Readonly<Record<string, unknown>>>({
  name: "constant-contact",
  docs: "https://developer.constantcontact.com/api_guide/webhook_authenticity.html",
  scheme: jws({
    header: "x-ctct-webhook-sig",
    algorithms: ["RS256"],
    b64: false,
    timestamp: { member: "ts", unit: "s", tolerance: "5m" },
  }),
  unprotected:
    "All customers have the same keys, and the signature names no receiver: look whether the account is yours.",
});
