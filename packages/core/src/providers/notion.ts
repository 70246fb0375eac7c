import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { jsonReply, type Open, textAt } from "./fields.ts";

/** A sign that something changed. The content is not in it: ask Notion's API. */
export interface NotionEvent {
  /** UUID of the event; stays the same when it is sent again, and is the idempotency key. */
  readonly id: string;
  /** What happened: an entity and a verb in the past. Frequent changes come as one event. */
  readonly type: Open<
    "page.created" | "page.content_updated" | "page.properties_updated" | "page.deleted" | "comment.created"
  >;
  /** RFC 3339. */
  readonly timestamp: string;
  /** The workspace that it happened in: a UUID. */
  readonly workspace_id: string;
  /** The webhook subscription that fired: a UUID. */
  readonly subscription_id: string;
  /** The integration to which the subscription belongs: a UUID. */
  readonly integration_id: string;
  /** Which attempt at delivering this is, counted from 1. */
  readonly attempt_number: number;
  /** Users and bots who made the change, each `{ id, type }`. */
  readonly authors: readonly Readonly<Record<string, unknown>>[];
  /** What it happened to; ask the API for its content by this. */
  readonly entity: {
    /** UUID of the page, block, database or comment. */
    readonly id: string;
    /** What the id belongs to, such as `page` or `database`. */
    readonly type: string;
  };
  /** Details that depend on `type`, such as the parent or the properties that changed. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Notion: HMAC-SHA256 over the body, under the verification token.
 *
 * Notion sends that token once, in a request that at best is signed with itself and so proves nothing: read it out of your
 * own log of that one request, paste it into Notion's page, and give it here. A token is never taken from a request; when
 * Notion sends the one that is already configured, it is answered with success.
 *
 * @see https://developers.notion.com/reference/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { notion } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(notion, { secret: "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl" });
 * ```
 */
export const notion = row<NotionEvent>({
  name: "notion",
  docs: "https://developers.notion.com/reference/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-notion-signature", layout: "sha256={signature}" },
    content: [body],
  }),
  key: (event) => textAt(event, "id"),
  retries: "24h",
  handshake: {
    marker: "verification_token",
    proven: (payload) => (textAt(payload, "verification_token") === undefined ? undefined : jsonReply({})),
  },
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
