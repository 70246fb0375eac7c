import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** What happened. Which event it is is only in an unsigned header. */
export interface GiteaEvent {
  /** What was done, such as `opened`; absent in events that mean one thing, such as a push. */
  readonly action?: string;
  /** The Git reference, such as `refs/heads/main`, in pushes and where a branch or tag comes or goes. */
  readonly ref?: string;
  /** The account that caused the event. */
  readonly sender?: {
    /** Number of the account on this server; unlike the login it never changes. */
    readonly id: number;
    /** User name, which its owner may change. */
    readonly login: string;
    readonly [field: string]: unknown;
  };
  /** Where it happened; absent in events outside a repository. */
  readonly repository?: {
    /** Number on this server; stays the same when it is renamed. */
    readonly id: number;
    /** Owner and repository, such as `acme/site`. */
    readonly full_name: string;
    readonly [field: string]: unknown;
  };
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
export const gitea = row<GiteaEvent>({
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
