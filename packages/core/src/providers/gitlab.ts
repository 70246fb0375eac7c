import { token } from "../kind/token.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** Something that happened in a project or group. */
export interface GitLabEvent {
  /** What the event is about; absent in some system hooks, which have `event_name` alone. */
  readonly object_kind?: Open<
    "push" | "tag_push" | "issue" | "merge_request" | "note" | "pipeline" | "build" | "release"
  >;
  /** A finer name, such as `push` or `user_create`; not all events have one. */
  readonly event_name?: string;
  /** Where it happened; absent in events of a group or of the whole server. */
  readonly project?: {
    /** Number on this server; stays the same when the project moves. */
    readonly id: number;
    /** Group and project as they appear in URLs: `group/subgroup/app`. */
    readonly path_with_namespace?: string;
    readonly [field: string]: unknown;
  };
  /** The issue, merge request, comment or pipeline itself; absent in pushes. */
  readonly object_attributes?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * GitLab with a secret token: a static credential, not a signature.
 *
 * @see https://docs.gitlab.com/user/project/integrations/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { gitlab } from "@countersign/core/providers";
 *
 * const { payload } = await createVerifier(gitlab, { secret: "a-long-random-token" }).verify({
 *   method: "POST",
 *   headers: { "x-gitlab-token": "a-long-random-token" },
 *   body: '{"object_kind":"push"}',
 * });
 * console.log(payload.object_kind); // push
 * ```
 */
export const gitlab = row<GitLabEvent>({
  name: "gitlab",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  scheme: token({ header: "x-gitlab-token" }),
  unprotected:
    "Nothing is signed: whoever learns the token can send any body, at any time, as often as they like. Use a signing token where your GitLab has them.",
});

/**
 * GitLab with a signing token: Standard Webhooks. The secret is `whsec_` and the base64 of 32 bytes. Any `X-Gitlab-Token`
 * beside it proves nothing here.
 *
 * @see https://docs.gitlab.com/user/project/integrations/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { gitlabSigned } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(gitlabSigned, { secret: "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=" });
 * ```
 */
export const gitlabSigned = row<GitLabEvent>({
  ...standardWebhooks,
  name: "gitlab-signed",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  key: (_, proof) => proof.id,
  unprotected: "The headers X-Gitlab-Event and X-Gitlab-Instance are not signed; read object_kind from the body.",
});
