import type { WebhookEvent } from "@countersign/core/event";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import type { Message } from "../message/message.ts";
import { render } from "../render/render.ts";
import { slack } from "../slack/slack.ts";
import { notifyDiscord, showDiscord } from "./discord.ts";
import { notifyGoogleChat, showGoogleChat } from "./google-chat.ts";
import { notifyMattermost, showMattermost } from "./mattermost.ts";
import { notifySlack, showSlack } from "./slack.ts";

/** One message as a platform would roughly draw it, read out of the payload that it would be sent. */
export interface ChatPreview {
  /** What its notification on a phone says: HTML of text, spans and links, in which all text of the event is escaped. */
  readonly phone: string;
  /** What stands in its channel: HTML likewise. What a platform's grammar has read into a text has the class `made`. */
  readonly channel: string;
  /** The JSON that the platform would be sent, as its formatter writes it. */
  readonly payload: object;
  /** What did not fit the platform's limits; empty where all of it did. */
  readonly cuts: readonly {
    /** Where in the payload: `"blocks[1].text"`. */
    readonly path: string;
    /** How many characters or parts were left out. */
    readonly removed: number;
  }[];
}

/** What one platform would show of an event, in one message or several. */
export interface PlatformPreview {
  /** As it calls itself: `"Google Chat"`. */
  readonly name: string;
  /** A word for style sheets: `"google"`. */
  readonly style: string;
  /** What it writes beside an app's name: `"APP"`. */
  readonly badge: string;
  /** One, or several where the event does not fit one. */
  readonly messages: readonly ChatPreview[];
}

interface Platform extends Omit<PlatformPreview, "messages"> {
  readonly show: (messages: Message | readonly Message[]) => readonly ChatPreview[];
}

/** A formatter, and what its platform shows of what it writes. */
function shower<Payload extends object>(
  format: {
    payloads: (messages: Message | readonly Message[]) => readonly { payload: Payload; cuts: ChatPreview["cuts"] }[];
  },
  phone: (payload: Payload) => string,
  channel: (payload: Payload) => string,
): Platform["show"] {
  return (messages) =>
    format
      .payloads(messages)
      .map(({ payload, cuts }) => ({ phone: phone(payload), channel: channel(payload), payload, cuts }));
}

const PLATFORMS: readonly Platform[] = [
  { name: "Slack", style: "slack", badge: "APP", show: shower(slack(), notifySlack, showSlack) },
  { name: "Discord", style: "discord", badge: "APP", show: shower(discord(), notifyDiscord, showDiscord) },
  {
    name: "Mattermost",
    style: "mattermost",
    badge: "BOT",
    show: shower(mattermost(), notifyMattermost, showMattermost),
  },
  { name: "Google Chat", style: "google", badge: "App", show: shower(googleChat(), notifyGoogleChat, showGoogleChat) },
];

/**
 * An event as each of the four platforms would roughly show a message of it. The HTML holds text of strangers, escaped:
 * put it only where links may lead anywhere, or take it apart first.
 *
 * @example
 * ```ts
 * import { previewChats } from "@countersign/chat/preview";
 *
 * const [slack] = previewChats({ type: "backup.finished", severity: "warn", data: { message: "*3* files left" } });
 * console.log(slack?.messages[0]?.phone);
 * ```
 */
export function previewChats(event: WebhookEvent): readonly PlatformPreview[] {
  const messages = render(event);
  return PLATFORMS.map(({ show, ...platform }) => ({ ...platform, messages: show(messages) }));
}
