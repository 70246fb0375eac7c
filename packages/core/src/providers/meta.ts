import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { CHALLENGE, type Open, textReply } from "./fields.ts";

/** What changed about one page, user or account. */
export interface MetaEntry {
  /** Number of the page, user or account, as text. */
  readonly id: string;
  /** Seconds or milliseconds since the epoch, depending on the product. */
  readonly time?: number;
  /**
   * Subscribed fields and their new content; absent where `messaging` carries them, or where the subscription does not
   * include values.
   */
  readonly changes?: readonly {
    /** The subscribed field, such as `feed` or `messages`. */
    readonly field: string;
    /** The new content, in a shape that depends on `field`. */
    readonly value?: unknown;
  }[];
  /** Messenger's and Instagram's messages, receipts and postbacks. */
  readonly messaging?: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}

/** Changes to one kind of object. Meta may put several entries in one request. */
export interface MetaPayload {
  /** What kind of object changed: it says how to read the entries. */
  readonly object: Open<"page" | "user" | "instagram" | "whatsapp_business_account" | "permissions">;
  /** One element for each page, user or account that changed; Meta batches up to 1000 changes. */
  readonly entry: readonly MetaEntry[];
}

/**
 * Meta (Messenger, Instagram, Threads and other Graph webhooks): HMAC-SHA256 over the body, under the app secret.
 *
 * Before it sends, Meta asks with GET for a challenge to be repeated; give the verify token that you chose as `handshake`.
 * It is another value than the app secret.
 *
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { meta } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(meta, { secret: "the app secret", handshake: "the verify token" });
 * ```
 */
export const meta = row<MetaPayload>({
  name: "meta",
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-hub-signature-256", layout: "sha256={signature}" },
    content: [body],
  }),
  retries: "36h",
  handshake: {
    needs: "token",
    method: "GET",
    open(_, query, tools) {
      const [mode, challenge, given] = ["hub.mode", "hub.challenge", "hub.verify_token"].map((name) => query.get(name));
      if (mode !== "subscribe" || typeof tools.setting !== "string") return undefined;
      if (typeof challenge !== "string" || !CHALLENGE.test(challenge)) return { status: 400 };
      return typeof given === "string" && tools.equal(given, tools.setting) ? textReply(challenge) : { status: 403 };
    },
  },
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
