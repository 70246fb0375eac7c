import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";

/** What happened. Which event it is stands only in an unsigned header. */
export interface GiteaEvent {
  readonly action?: string;
  readonly ref?: string;
  readonly sender?: { readonly id: number; readonly login: string; readonly [field: string]: unknown };
  readonly repository?: { readonly id: number; readonly full_name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/**
 * Gitea: HMAC-SHA256 over the body, for webhooks whose content type is JSON. With the content type form, Gitea signs the
 * decoded field instead of the body, and with the method GET a query parameter: set the webhook to POST and JSON.
 *
 * Without a secret Gitea sends an empty signature; such requests are refused.
 *
 * @see https://docs.gitea.com/usage/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { gitea } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(gitea, { secret: "the webhook's secret" });
 * ```
 */
export const gitea = defineProvider<GiteaEvent>({
  name: "gitea",
  docs: "https://docs.gitea.com/usage/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-gitea-signature" },
    content: [body],
  }),
  unprotected:
    "No time is signed, nor the headers that name event and delivery: a body can be repeated, or handed in as another kind of event.",
});
