import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { batchKey, type Open, record, textAt } from "./fields.ts";

/** Something that a LINE user did: a message, a new friendship, a button. */
export interface LineEvent {
  /** What the user did; decides which other fields there are, such as `message` or `postback`. */
  readonly type: Open<"message" | "follow" | "unfollow" | "join" | "leave" | "postback">;
  /** Stays the same when the event is sent again. */
  readonly webhookEventId: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** `active`, or `standby` while another channel answers the chat: then send no reply. */
  readonly mode: Open<"active" | "standby">;
  /** Facts about this request, as opposed to what the user did. */
  readonly deliveryContext: {
    /** True when LINE sends the event again because an earlier attempt failed. */
    readonly isRedelivery: boolean;
  };
  /** Where it came from: a user, a group chat or a room, with their ids. Absent in some kinds, such as account links. */
  readonly source?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A batch, which may be empty: the console's "Verify" sends none. */
export interface LinePayload {
  /** User ID of the bot that should receive it: `U` and 32 hex digits. */
  readonly destination: string;
  /** What happened; none when the console's "Verify" is pressed. Go by `timestamp`: the order may differ. */
  readonly events: readonly LineEvent[];
}

/**
 * LINE Messaging API: HMAC-SHA256 over the body, base64, under the channel secret.
 *
 * @see https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { line } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(line, { secret: "the channel secret" });
 * ```
 */
export const line = row<LinePayload>({
  name: "line",
  docs: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-line-signature" },
    content: [body],
  }),
  key: (payload) => batchKey(record(payload)?.events, (event) => textAt(event, "webhookEventId")),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
