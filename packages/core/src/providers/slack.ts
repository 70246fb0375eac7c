import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { record, textAt, textReply, type Unlisted } from "./fields.ts";

/** Something that happened in a workspace, as the Events API sends it. */
export interface SlackEventCallback {
  /** What the envelope is. The event's own kind is `event.type`. */
  readonly type: "event_callback";
  /** `Ev…`: stays the same when Slack sends it again, and is the idempotency key. */
  readonly event_id: string;
  /** Seconds since the epoch. */
  readonly event_time: number;
  /** The workspace that it happened in: `T…`. */
  readonly team_id: string;
  /** Which of your Slack apps this is sent to: `A…`. */
  readonly api_app_id: string;
  /** The event itself; its own `type` says which other fields there are, such as `channel` or `reaction`. */
  readonly event: {
    /** What happened, such as `message` or `app_mention`. */
    readonly type: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** More than 30,000 events in an hour: the minute's others were not sent. */
export interface SlackRateLimited {
  readonly type: "app_rate_limited";
  /** The minute in which it began: seconds since the epoch. */
  readonly minute_rate_limited: number;
  /** The workspace that it happened in: `T…`. */
  readonly team_id: string;
  /** Which of your Slack apps has missed events: `A…`. */
  readonly api_app_id: string;
  readonly [field: string]: unknown;
}

/** A request of the Events API: an event, or word of events that were left out. */
export type SlackEvent = SlackEventCallback | SlackRateLimited;

/** The JSON out of a form's `payload`. */
export interface SlackInteractionOf<Type extends string> {
  /** What the user did: pressed something, used a shortcut, sent or closed a modal. */
  readonly type: Type;
  /** Whose click or keystroke it was; of the other fields some kinds have `name`, some `username`. */
  readonly user: {
    /** Stays the same when the member is renamed: `U…` or `W…`. */
    readonly id: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** An interaction that may be answered with a modal. */
export interface SlackTrigger
  extends SlackInteractionOf<
    "block_actions" | "interactive_message" | "message_action" | "shortcut" | "view_submission"
  > {
  /** Opens a modal within three seconds; also the idempotency key. */
  readonly trigger_id: string;
}

/** An interaction that opens nothing. */
export interface SlackNotice
  extends SlackInteractionOf<
    "view_closed" | "block_suggestion" | "dialog_submission" | "dialog_suggestion" | Unlisted
  > {
  /** Opens a modal within three seconds; in kinds that are not listed here, if at all. */
  readonly trigger_id?: string;
}

/** A shortcut, an action in a message, or a modal: narrow it by `type`. */
export type SlackInteraction = SlackTrigger | SlackNotice;

/** A slash command: the form itself. */
export interface SlackCommand {
  readonly type?: never;
  /** What was typed first, slash included: `/weather`. */
  readonly command: string;
  /** What was typed behind the command, as it is; may be empty. */
  readonly text: string;
  /** Who typed it: `U…` or `W…`. */
  readonly user_id: string;
  /** The workspace in which it was typed: `T…`. */
  readonly team_id: string;
  /** The conversation in which it was typed: `C…`, `D…` or `G…`. */
  readonly channel_id: string;
  /** Takes up to five answers within 30 minutes, without a token: keep it out of logs. */
  readonly response_url: string;
  /** Opens a modal within three seconds; also the idempotency key. */
  readonly trigger_id: string;
  readonly [field: string]: unknown;
}

/** What one endpoint may receive from Slack: narrow it by `type`, which a slash command does not have. */
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
export const slack = row<SlackPayload>({
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
    marker: "url_verification",
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
