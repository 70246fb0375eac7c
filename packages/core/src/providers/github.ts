import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** What most of GitHub's events have in common. Which event it is is only in the unsigned `X-GitHub-Event`. */
export interface GitHubEvent {
  /** What was done, such as `opened`; absent in events that mean one thing, such as a push. */
  readonly action?: string;
  /** The account that caused the event; absent or `null` in few. */
  readonly sender?: {
    /** User name, which its owner may change. */
    readonly login: string;
    /** Number of the account; unlike the login it never changes. */
    readonly id: number;
    readonly [field: string]: unknown;
  } | null;
  /** Where it happened; absent or `null` in events outside a repository. */
  readonly repository?: {
    /** Owner and repository, such as `octocat/Hello-World`. */
    readonly full_name: string;
    /** Number that stays the same when it is renamed or transferred. */
    readonly id: number;
    readonly [field: string]: unknown;
  } | null;
  /** The organization that the webhook or the repository belongs to; absent for personal accounts. */
  readonly organization?: {
    /** Short name as it appears in URLs. */
    readonly login: string;
    readonly [field: string]: unknown;
  };
  /** The installation of the GitHub App that the webhook belongs to; absent for plain webhooks. */
  readonly installation?: {
    /** Number to ask for an access token with. */
    readonly id: number;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * GitHub: HMAC-SHA256 over the body, as JSON or as a form whose field `payload` holds it.
 *
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { github } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(github, { secret: "mysecret" });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { "x-hub-signature-256": "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3" },
 *   body: '{"foo":"bar"}',
 * });
 * console.log(payload.foo); // bar
 * ```
 */
export const github = row<GitHubEvent>({
  name: "github",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-hub-signature-256", layout: "sha256={signature}" },
    content: [body],
  }),
  formField: "payload",
  unprotected:
    "No time is signed, nor the headers X-GitHub-Event and X-GitHub-Delivery: a body can be repeated, or handed in as another kind of event.",
});
