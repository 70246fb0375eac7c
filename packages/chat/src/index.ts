/**
 * Messages for people, from any event: Slack, Discord, Mattermost and Google Chat.
 *
 * Each formatter is a pure function from a message to that platform's payload, and at the same time the `format:` of
 * an endpoint.
 *
 * @module
 */

export { type ChatOptionsFor, chat, type PlatformOptions } from "./chat.ts";
export { type DiscordOptions, discord } from "./discord/discord.ts";
export type { DiscordEmbed, DiscordField, DiscordPayload } from "./discord/payload.ts";
export type { ChatFormat, FormattedPayload } from "./format/chat-format.ts";
export { detectPlatform } from "./format/destination.ts";
export type { ChatPlatform } from "./format/hosts.ts";
export type { ChatOptions } from "./format/options.ts";
export { type GoogleChatOptions, googleChat } from "./google-chat/google-chat.ts";
export type {
  GoogleButton,
  GoogleCard,
  GoogleChatPayload,
  GoogleSection,
  GoogleWidget,
} from "./google-chat/payload.ts";
export { type MattermostOptions, mattermost } from "./mattermost/mattermost.ts";
export type { MattermostAttachment, MattermostPayload } from "./mattermost/payload.ts";
export type { Field, Link, Message, RawParts, Renderer } from "./message/message.ts";
export type { MessageSeverity } from "./message/severity.ts";
export { renderAperture } from "./render/aperture.ts";
export { renderApono } from "./render/apono.ts";
export { renderJson } from "./render/json.ts";
export { type RenderOptions, render, type System } from "./render/render.ts";
export { renderStalwart } from "./render/stalwart.ts";
export { renderTailscale } from "./render/tailscale.ts";
export { renderTapPass } from "./render/tappass.ts";
export type {
  SlackActionsBlock,
  SlackAttachment,
  SlackBlock,
  SlackButton,
  SlackContextBlock,
  SlackDividerBlock,
  SlackHeaderBlock,
  SlackMrkdwn,
  SlackPayload,
  SlackPlainText,
  SlackRichDate,
  SlackRichText,
  SlackRichTextBlock,
  SlackRichTextPreformatted,
  SlackRichTextSection,
} from "./slack/payload.ts";
export { type SlackOptions, slack } from "./slack/slack.ts";
export { fence } from "./text/fence.ts";
