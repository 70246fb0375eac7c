/**
 * Not run: `tsc` refuses this file when a payload type of ours is not one that the platform's own package accepts, or
 * when their types have found their way into ours.
 */
import type { DiscordPayload, SlackAttachment, SlackBlock, SlackPayload } from "@countersign/chat";
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

export const slackPayload = (payload: SlackPayload): IncomingWebhookArguments => payload;
/** `Block` takes anything that has a type, so the blocks are held against the known ones. */
export const slackBlocks = (blocks: SlackBlock[]): KnownBlock[] => blocks;
export const slackAttachment = (attachment: SlackAttachment): MessageAttachment => attachment;
export const discordPayload = (payload: DiscordPayload): RESTPostAPIWebhookWithTokenJSONBody => payload;
