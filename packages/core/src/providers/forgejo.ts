import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { GiteaEvent } from "./gitea.ts";

/**
 * Forgejo: HMAC-SHA256 over the body, for webhooks whose content type is JSON. With the content type form, Forgejo signs the
 * decoded field instead of the body, and with the method GET a query parameter: set the webhook to POST and JSON.
 *
 * Without a secret Forgejo sends an empty signature; such requests are refused.
 *
 * @see https://forgejo.org/docs/latest/user/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { forgejo } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(forgejo, { secret: "the webhook's secret" });
 * ```
 */
export const forgejo = row<GiteaEvent>({
  name: "forgejo",
  docs: "https://forgejo.org/docs/latest/user/webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-forgejo-signature" },
    content: [body],
  }),
  unprotected:
    "No time is signed, nor the headers that name event and delivery: a body can be repeated, or handed in as another kind of event.",
});
