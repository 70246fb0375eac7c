import { asymmetric } from "../kind/asymmetric.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** One secret of yours that GitHub found in public. */
export interface GitHubSecretMatch {
  /** The secret itself: revoke it, and keep it out of logs. */
  readonly token: string;
  /** The name that you gave to the expression which matched. */
  readonly type: string;
  /** The public page that shows it, at the commit where it was found; empty where there is none. */
  readonly url: string;
  /** The kind of text that held it: a file, a commit, a comment; GitHub lengthens the list. */
  readonly source: Open<
    | "content"
    | "commit"
    | "pull_request_title"
    | "pull_request_description"
    | "pull_request_comment"
    | "issue_title"
    | "issue_description"
    | "issue_comment"
    | "discussion_title"
    | "discussion_body"
    | "discussion_comment"
    | "commit_comment"
    | "gist_content"
    | "gist_comment"
    | "npm"
    | "unknown"
  >;
}

/**
 * GitHub's secret scanning partner program: ECDSA P-256 over the body, under a key that the request names and GitHub
 * publishes. The secret is that list (`keyList`), or one key of it.
 *
 * @see https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { keyList } from "@countersign/core/keys";
 * import { githubSecretScanning } from "@countersign/core/providers";
 *
 * const secret = keyList("https://api.github.com/meta/public_keys/secret_scanning", (text) =>
 *   JSON.parse(text).public_keys.map((one: { key_identifier: string; key: string }) => ({
 *     id: one.key_identifier,
 *     key: one.key,
 *   })),
 * );
 * const verifier = createVerifier(githubSecretScanning, { secret });
 * ```
 */
export const githubSecretScanning = row<readonly GitHubSecretMatch[]>({
  name: "github-secret-scanning",
  docs: "https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program",
  scheme: asymmetric({
    algorithm: "ecdsa-p256-sha256",
    form: "der",
    encoding: "base64",
    publicKey: "list",
    signature: { header: "github-public-key-signature" },
    keyId: { header: "github-public-key-identifier" },
    content: [body],
  }),
  unprotected:
    "No time and no id is signed, and every partner's requests are signed with the same key: a request can be repeated for ever, and one that was sent to another partner is genuine here too.",
});
