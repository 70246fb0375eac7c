import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** A respondent's answers to a form. */
export interface TypeformEvent {
  /** Stays the same when Typeform sends it again, and is the idempotency key. */
  readonly event_id: string;
  /** Whether the form was submitted or left half-way (`form_response_partial`). */
  readonly event_type: Open<"form_response" | "form_response_partial">;
  /** The respondent's answers, with the questions and hidden fields. */
  readonly form_response: {
    /** Which of your forms was answered, as in its URL. */
    readonly form_id: string;
    /** Identifies the submission in Typeform's Responses API. */
    readonly token: string;
    /** When the respondent began, ISO 8601 in UTC. */
    readonly landed_at: string;
    /** When the respondent sent it, ISO 8601 in UTC; absent where it was left half-way. */
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
export const typeform = row<TypeformEvent>({
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
