import { at, checkText, type KeysOf } from "@countersign/core/checks";
import type { Overview } from "../format/arrange.ts";
import { type ChatFormat, defineChatFormat } from "../format/chat-format.ts";
import { preamble } from "../format/headline.ts";
import { CHAT_OPTIONS, type ChatOptions, checkChatOptions, checkImage } from "../format/options.ts";
import type { PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import { codePoints } from "../text/measure.ts";
import { mattermostAttachment } from "./attachment.ts";
import { mattermostDestination } from "./destination.ts";
import { judgeMattermost } from "./judge.ts";
import { MATTERMOST, type MattermostSlot } from "./limits.ts";
import type { MattermostAttachment, MattermostPayload } from "./payload.ts";

/** What {@link mattermost} takes besides the options of all four. */
export interface MattermostOptions extends ChatOptions {
  /** The name that the message is posted under, where the server allows it. @default the webhook's own */
  readonly username?: string;
  /**
   * The address of an image for it, http or https, at most 2000 characters, where the server allows it.
   * @default the webhook's own
   */
  readonly iconUrl?: string;
  /** Another channel than the webhook's: its name in the URL, or `@` and a user's name. @default the webhook's own */
  readonly channel?: string;
}

const OPTIONS: KeysOf<MattermostOptions> = {
  ...CHAT_OPTIONS,
  username: "optional",
  iconUrl: "optional",
  channel: "optional",
};

/** The server has no limit; a reader has. */
const ATTACHMENTS = 50;

/** What the addresses of one request may take, in characters: they cannot be shortened. */
const LINKS = 20_000;

/**
 * Mattermost incoming webhooks: an attachment with a colour bar, fields and a footer for each event.
 *
 * A Mattermost server can run on any host, so this format is always named, never guessed. Its Markdown, its Slack
 * syntax, mentions, hashtags and channel links are all stopped. What cannot be: the words that a user has chosen to be
 * notified of.
 *
 * Throws a `ConfigurationError` for unknown options, and from `destination` for a URL that is not an incoming webhook.
 *
 * @see https://developers.mattermost.com/integrate/webhooks/incoming/
 * @example
 * ```ts
 * import { mattermost } from "@countersign/chat";
 *
 * const format = mattermost({ channel: "town-square" });
 * const payload = format({ title: "Node created", severity: "warn" });
 * payload.attachments[0]?.color; // "#d9a400"
 * ```
 */
export function mattermost(options: MattermostOptions = {}): ChatFormat<MattermostPayload> {
  checkChatOptions(options, OPTIONS, "mattermost");
  const { username, iconUrl, channel, origin } = options;
  if (username !== undefined) checkText(username, at("mattermost", "username"));
  if (channel !== undefined) checkText(channel, at("mattermost", "channel"));
  checkImage(iconUrl, at("mattermost", "iconUrl"));
  const identity = {
    ...(username === undefined ? {} : { username }),
    ...(iconUrl === undefined ? {} : { icon_url: iconUrl }),
    ...(channel === undefined ? {} : { channel }),
  };
  return defineChatFormat<MattermostSlot, MattermostPayload>(
    {
      platform: "mattermost",
      limits: MATTERMOST,
      part: "text",
      // The server's own default, where limiting is switched on.
      rate: { requests: 10, per: 1000 },
      size: (payload) => codePoints(JSON.stringify(payload)),
      build,
      finish: (payload) => ({ ...payload, ...identity }),
      room: ({ attachments }) => ATTACHMENTS - attachments.length,
      append: (payload, parts) => ({
        ...payload,
        attachments: [...payload.attachments, ...(parts as MattermostAttachment[])],
      }),
      destination: (url) => mattermostDestination(url, origin),
      judge: judgeMattermost,
    },
    options,
  );
}

function build(
  messages: readonly PreparedMessage[],
  writer: Writer<MattermostSlot>,
  overview: Overview,
): MattermostPayload {
  if (overview.total === 1)
    return { attachments: messages.map((message) => mattermostAttachment(message, writer, message.source, LINKS)) };
  return {
    text: writer.write("heading", "heading", preamble(messages, overview)),
    attachments: messages.map((message) =>
      mattermostAttachment(message, writer, overview.source === "" ? message.source : "", LINKS / messages.length),
    ),
  };
}
