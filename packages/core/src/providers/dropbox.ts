import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { CHALLENGE, textReply } from "./fields.ts";

/** Which accounts have changes; what they are must be asked for. */
export interface DropboxNotification {
  /** Changes for API v2: ask `/files/list_folder/continue` with the cursor that you kept. */
  readonly list_folder?: {
    /** Accounts whose files have changed: `dbid:…`, to be matched with the access tokens that you hold. */
    readonly accounts?: readonly string[];
    readonly [field: string]: unknown;
  };
  /** The same accounts for Dropbox's API v1, which is gone; still sent beside `list_folder`. */
  readonly delta?: {
    /** Numeric account identifiers of API v1. */
    readonly users?: readonly number[];
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Dropbox: HMAC-SHA256 over the body, under the app secret. The GET request with a challenge, which Dropbox makes when the
 * webhook is set up, is answered.
 *
 * @see https://www.dropbox.com/developers/reference/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { dropbox } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(dropbox, { secret: "the app secret" });
 * ```
 */
export const dropbox = row<DropboxNotification>({
  name: "dropbox",
  docs: "https://www.dropbox.com/developers/reference/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-dropbox-signature" },
    content: [body],
  }),
  repeats: true,
  handshake: {
    method: "GET",
    open(_, query) {
      const challenge = query.get("challenge");
      return challenge === null || !CHALLENGE.test(challenge) ? undefined : textReply(challenge);
    },
  },
  unprotected:
    "No time and no id is signed, and equal notifications are legitimate: a repetition cannot be told from news. It only makes you ask Dropbox once more.",
});
