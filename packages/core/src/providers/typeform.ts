import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { type Open, textAt } from "./fields.ts";

/** A response to a form. */
export interface TypeformEvent {
  readonly event_id: string;
  readonly event_type: Open<"form_response" | "form_response_partial">;
  readonly form_response?: {
    readonly form_id?: string;
    readonly token?: string;
    readonly submitted_at?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Typeform: HMAC-SHA256 over the body, base64.
 *
 * @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { typeform } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(typeform, { secret: "the webhook's secret" });
 * ```
 */
export const typeform = defineProvider<TypeformEvent>({
  name: "typeform",
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "typeform-signature", layout: "sha256={signature}" },
    content: [body],
  }),
  key: (event) => textAt(event, "event_id"),
  retries: "12h",
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
