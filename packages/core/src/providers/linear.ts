import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { record, type Unlisted } from "./fields.ts";

/** The fields that all of Linear's webhooks share, whatever they are about. */
export interface LinearEventOf<Action extends string> {
  /** What was done. `create`, `update` and `remove` are changes of an entity. */
  readonly action: Action;
  /** What it was done to, such as `Issue`, `Comment` or `AgentSessionEvent`. */
  readonly type: string;
  /** Milliseconds since the epoch. Signed with the body, and what the window is checked against. */
  readonly webhookTimestamp: number;
  /** Which of the workspace's webhooks fired: a UUID. It does not identify the delivery. */
  readonly webhookId: string;
  /** The workspace in which it happened: a UUID. */
  readonly organizationId: string;
  /** When it was done, ISO 8601. */
  readonly createdAt: string;
  /** Page of the entity in Linear's application; absent where it has none. */
  readonly url?: string | null;
  readonly [field: string]: unknown;
}

/** A change of something in Linear, and its new state. */
export interface LinearEntityEvent extends LinearEventOf<"create" | "update" | "remove"> {
  /** The entity after the change, or as it was when it was removed. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Earlier contents of what an `update` changed, by property; absent for other actions. */
  readonly updatedFrom?: Readonly<Record<string, unknown>> | null;
}

/** What is no change of an entity: notifications and sessions of agents, deadlines of issues, access of applications. */
export interface LinearNotice
  extends LinearEventOf<
    | "created"
    | "prompted"
    | "set"
    | "highRisk"
    | "breached"
    | "revoked"
    | "teamAccessChanged"
    | "issueMention"
    | "issueEmojiReaction"
    | "issueCommentMention"
    | "issueCommentReaction"
    | "issueAssignedToYou"
    | "issueUnassignedFromYou"
    | "issueNewComment"
    | "issueStatusChanged"
    | Unlisted
  > {
  /** Never here: what it is about is in a field of its own, such as `notification`, `agentSession` or `issueData`. */
  readonly data?: undefined;
}

/** Something that happened in Linear: narrow it by `action`. */
export type LinearEvent = LinearEntityEvent | LinearNotice;

/**
 * Linear: HMAC-SHA256 over the body. The time is in the body, as `webhookTimestamp`, and must lie within a minute; a
 * body without it is refused.
 *
 * @see https://linear.app/developers/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { linear } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(linear, { secret: "lin_wh_SECRET" });
 * ```
 */
export const linear = row<LinearEvent>({
  name: "linear",
  docs: "https://linear.app/developers/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "linear-signature" },
    content: [body],
  }),
  occurredAt(event) {
    const time = record(event)?.webhookTimestamp;
    return typeof time === "number" ? time : undefined;
  },
  tolerance: "1m",
  // Three: after a minute, an hour and six hours.
  retries: "8h",
  unprotected:
    "The headers Linear-Event, Linear-Delivery and Linear-Timestamp are not signed; read type and action from the body.",
});
