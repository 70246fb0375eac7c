import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** What happened. Which event it is is only in the unsigned `X-Event-Key`. */
export interface BitbucketEvent {
  /** The account that caused the event. */
  readonly actor?: Readonly<Record<string, unknown>>;
  /** Where it happened, in Bitbucket's own form. */
  readonly repository?: {
    /** Workspace and repository, such as `team/service`. Bitbucket Cloud only. */
    readonly full_name?: string;
    /** Stays the same when the repository is renamed: a UUID in braces. Bitbucket Cloud only. */
    readonly uuid?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Bitbucket Cloud and Data Center: HMAC-SHA256 over the body, in a header that elsewhere means SHA-1.
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
export const bitbucket = row<BitbucketEvent>({
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
