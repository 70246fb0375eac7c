import { ConfigurationError } from "@countersign/core";
import { discord } from "./discord/discord.ts";
import type { ChatFormat, ChatOptions } from "./format/chat-format.ts";
import { type ChatPlatform, detectPlatform } from "./format/destination.ts";
import { googleChat } from "./google-chat/google-chat.ts";
import { mattermost } from "./mattermost/mattermost.ts";
import { slack } from "./slack/slack.ts";

/** Options that every platform has, and the platform's name where the URL does not tell. */
export interface ChatOptionsFor extends ChatOptions {
  /** Needed for Mattermost, and for any platform behind a proxy. @default what the URL's host says */
  readonly platform?: ChatPlatform;
}

const FORMATS: Readonly<Record<ChatPlatform, (options: ChatOptions) => ChatFormat<object>>> = Object.freeze(
  Object.assign(Object.create(null), { slack, discord, mattermost, googlechat: googleChat }),
);

/**
 * The formatter for a webhook URL.
 *
 * Throws a `ConfigurationError` when the host leaves the platform open and `platform` is not given, and for an address
 * that can never take a message. The URL, a secret, is in no message.
 *
 * @example
 * ```ts
 * import { chat } from "@countersign/chat";
 *
 * chat("https://discord.com/api/webhooks/1/a").platform; // "discord"
 * chat("https://chat.example.com/hooks/xyz", { platform: "mattermost" }).platform; // "mattermost"
 * ```
 */
export function chat(url: string | URL, options: ChatOptionsFor = {}): ChatFormat<object> {
  const { platform: named, ...rest } = options;
  const platform = named ?? detectPlatform(url);
  if (platform === undefined) {
    const { pathname } = new URL(url);
    const guess = pathname.includes("/hooks/") ? ' It looks like Mattermost: say `platform: "mattermost"`.' : "";
    throw new ConfigurationError(
      "platform",
      `The webhook URL's host belongs to none of the platforms for certain: name the \`platform\`.${guess}`,
    );
  }
  const format = FORMATS[platform];
  if (format === undefined) {
    throw new ConfigurationError("platform", `\`platform\` is one of ${Object.keys(FORMATS).join(", ")}.`);
  }
  return format(rest);
}
