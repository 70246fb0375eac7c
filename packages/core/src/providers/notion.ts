import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { jsonReply, type Open, textAt } from "./fields.ts";

/** What happened. */
export interface NotionEvent {
  readonly id: string;
  readonly type: Open<
    "page.created" | "page.content_updated" | "page.properties_updated" | "page.deleted" | "comment.created"
  >;
  /** RFC 3339. */
  readonly timestamp?: string;
  readonly workspace_id?: string;
  readonly subscription_id?: string;
  readonly integration_id?: string;
  /** Counts the retries. */
  readonly attempt_number?: number;
  readonly authors?: readonly Readonly<Record<string, unknown>>[];
  readonly entity?: { readonly id: string; readonly type: string };
  readonly data?: Readonly<Record<string, unknown>>;
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
export const notion = defineProvider<NotionEvent>({
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
    proven: (payload) => (textAt(payload, "verification_token") === undefined ? undefined : jsonReply({})),
  },
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
