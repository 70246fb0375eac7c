import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The JSON body of a webhook from Stream, as its documentation shows one. */
export interface StreamEvent {
  /** What happened, such as `message.new`. */
  readonly type: string;
  /** When it happened, RFC 3339. */
  readonly created_at: string;
  readonly [field: string]: unknown;
}

/**
 * Stream's chat and activity feeds: HMAC-SHA256 over the body under the application's API secret.
 *
 * @see https://getstream.io/chat/docs/node/webhooks_overview/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { getstream } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(getstream, { secret: "the application's API secret" });
 * ```
 */
export const getstream = row<StreamEvent>({
  name: "getstream",
  docs: "https://getstream.io/chat/docs/node/webhooks_overview/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-signature" },
    content: [body],
  }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
