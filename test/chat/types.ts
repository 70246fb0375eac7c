/**
 * Not run: `tsc` refuses this file when a payload type of ours is not one that the platform's own package accepts, or
 * when their types have found their way into ours.
 */
import {
  chat,
  type DiscordPayload,
  discord,
  googleChat,
  type Renderer,
  type SlackAttachment,
  type SlackBlock,
  type SlackPayload,
  slack,
} from "@countersign/chat";
import type { WebhookEvent } from "@countersign/sender";
import type { Block, KnownBlock, MessageAttachment } from "@slack/types";
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";

/** What `@slack/webhook` sends, in terms of `@slack/types`. */
interface IncomingWebhookArguments {
  text?: string;
  blocks?: (KnownBlock | Block)[];
  attachments?: MessageAttachment[];
  thread_ts?: string;
  unfurl_links?: boolean;
  unfurl_media?: boolean;
}

interface Order {
  readonly total: number;
}

/** A renderer of one's own event type needs no cast. */
const order: Renderer<WebhookEvent<Order>> = ({ data }) => ({ title: `Order: ${data.total.toFixed(2)}` });
export const ordered = [
  slack({ render: order }),
  discord({ render: (event: WebhookEvent<Order>) => ({ title: String(event.data.total) }) }),
];
export const unordered = googleChat({
  // @ts-expect-error: this is no event
  render: (event: number) => ({ title: String(event) }),
});

const url = "https://chat.example.com/hooks/x";
/** A platform that is named has its options and its payload. */
export const named: DiscordPayload = chat(url, { platform: "discord", username: "Tailnet" })({ title: "t" });
// @ts-expect-error: Mattermost has no such option
export const wrong = () => chat(url, { platform: "mattermost", thread: "1" });

export const slackPayload = (payload: SlackPayload): IncomingWebhookArguments => payload;
/** `Block` takes anything that has a type, so the blocks are held against the known ones. */
export const slackBlocks = (blocks: SlackBlock[]): KnownBlock[] => blocks;
export const slackAttachment = (attachment: SlackAttachment): MessageAttachment => attachment;
export const discordPayload = (payload: DiscordPayload): RESTPostAPIWebhookWithTokenJSONBody => payload;
