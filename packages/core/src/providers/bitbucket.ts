import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";

/** What happened. Which event it is stands only in the unsigned `X-Event-Key`. */
export interface BitbucketEvent {
  readonly actor?: Readonly<Record<string, unknown>>;
  readonly repository?: { readonly full_name?: string; readonly uuid?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/**
 * Bitbucket Cloud and Data Center: HMAC-SHA256 over the body, in a header that elsewhere stands for SHA-1.
 *
 * @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { bitbucket } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(bitbucket, { secret: "the webhook's secret" });
 * ```
 */
export const bitbucket = defineProvider<BitbucketEvent>({
  name: "bitbucket",
  docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-hub-signature", layout: "sha256={signature}" },
    content: [body],
  }),
  unprotected:
    "No time is signed, nor the headers X-Event-Key, X-Request-UUID and X-Attempt-Number: a body can be repeated, or handed in as another kind of event.",
});
