import { hmac } from "../kind/hmac.ts";
import { form, url } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The form's fields, or the JSON of a product that sends some. */
export type TwilioParameters = Readonly<Record<string, unknown>>;

/**
 * Twilio: HMAC-SHA1 over the URL and the form's sorted fields. JSON is covered by its SHA-256 in the signed URL
 * (`bodySHA256`). POST only.
 *
 * The URL is the one in Twilio's settings, to the letter. Set `publicUrl` where a proxy changes what this server sees, with
 * the port if Twilio signs it (it is not consistent there): `"https://example.com:443"`. A Fetch `Request` shows an
 * apostrophe in the query as `%27`, whatever came: `exactUrl` can undo that.
 *
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-security
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { twilio } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(twilio, { secret: "the auth token", publicUrl: "https://example.com" });
 * ```
 */
export const twilio = row<TwilioParameters>({
  name: "twilio",
  docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
  scheme: hmac({
    digest: "sha1",
    encoding: "base64",
    signature: { header: "x-twilio-signature" },
    content: [url, form],
    bodyDigest: { query: "bodySHA256" },
  }),
  formField: "",
  contentType: "application/x-www-form-urlencoded",
  repeats: true,
  seams: ["url/form", "form/form"],
  unprotected:
    "No time is signed, and names and values are signed without separators: characters may move between a name, its value and the next field, and into the URL's query. A call's equal steps are equal requests, so that a replay store needs a key of your own.",
});
