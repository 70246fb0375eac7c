import { body, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { type Open, record, textAt, textReply } from "./fields.ts";

/** An event of the Events API. */
export interface SlackEvent {
  readonly type: Open<"event_callback" | "app_rate_limited">;
  readonly event_id?: string;
  /** Seconds since the epoch. */
  readonly event_time?: number;
  readonly team_id?: string;
  readonly api_app_id?: string;
  readonly event?: { readonly type: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A shortcut, an action in a message, or a modal: the JSON out of the form's `payload`. */
export interface SlackInteraction {
  readonly type: Open<"block_actions" | "message_action" | "shortcut" | "view_submission" | "view_closed">;
  readonly trigger_id?: string;
  readonly [field: string]: unknown;
}

/** A slash command: the form itself. */
export interface SlackCommand {
  readonly type?: never;
  readonly command: string;
  readonly text: string;
  readonly user_id: string;
  readonly team_id: string;
  readonly channel_id: string;
  readonly response_url: string;
  readonly trigger_id: string;
  readonly [field: string]: unknown;
}

export type SlackPayload = SlackEvent | SlackInteraction | SlackCommand;

/**
 * Slack: HMAC-SHA256 over version, time and body. Events, interactions and slash commands are read alike, and the
 * Events API's `url_verification` is answered once it is proven.
 *
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 * @example
 * ```ts
 * import { createVerifier, sign } from "@countersign/core";
 * import { slack } from "@countersign/core/providers";
 *
 * const secret = "8f742231b10e8888abcd99yyyzzz85a5";
 * const body = '{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}';
 * const headers = await sign(slack, { secret, body });
 * const { payload } = await createVerifier(slack, { secret }).verify({ method: "POST", headers, body });
 * console.log(payload.type); // event_callback
 * ```
 */
export const slack = defineProvider<SlackPayload>({
  name: "slack",
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-slack-signature", layout: "v0={signature}" },
    timestamp: { header: "x-slack-request-timestamp", unit: "s", tolerance: "5m" },
    content: ["v0:", timestamp, ":", body],
  }),
  formField: "",
  normalize: toPayload,
  key: (payload) => textAt(payload, "event_id") ?? textAt(payload, "trigger_id"),
  // Three retries: at once, after a minute, after five.
  retries: "10m",
  handshake: {
    proven(payload) {
      if (textAt(payload, "type") !== "url_verification") return undefined;
      const challenge = textAt(payload, "challenge");
      return challenge === undefined ? undefined : textReply(challenge);
    },
  },
  unprotected: "The retry headers (X-Slack-Retry-Num, X-Slack-Retry-Reason) and the content type are not signed.",
});

function toPayload(value: unknown): SlackPayload {
  const fields = record(value);
  if (fields === undefined) throw new TypeError("it is not an object");
  // Only interactions have it: a form of this one field, which holds JSON.
  if (typeof fields.payload !== "string" || fields.type !== undefined) return fields as unknown as SlackPayload;
  try {
    return JSON.parse(fields.payload) as SlackPayload;
  } catch {
    throw new TypeError('the field "payload" is not valid JSON');
  }
}
