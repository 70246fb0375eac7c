import { ConfigurationError } from "@countersign/core";
import { checkChoice, type KeysOf, table } from "@countersign/core/checks";
import { discord } from "./discord/discord.ts";
import type { ChatFormat } from "./format/chat-format.ts";
import { detectPlatform } from "./format/destination.ts";
import type { ChatPlatform } from "./format/hosts.ts";
import { CHAT_OPTIONS, type ChatOptions, checkChatOptions } from "./format/options.ts";
import { googleChat } from "./google-chat/google-chat.ts";
import { mattermost } from "./mattermost/mattermost.ts";
import { slack } from "./slack/slack.ts";

/** Options that every platform has, and the platform's name where the URL does not tell. */
export interface ChatOptionsFor extends ChatOptions {
  /** Needed for Mattermost, and for any platform behind a proxy. @default what the URL's host says */
  readonly platform?: ChatPlatform;
}

const OPTIONS: KeysOf<ChatOptionsFor> = { ...CHAT_OPTIONS, platform: "optional" };

const FORMATS: Readonly<Record<ChatPlatform, (options: ChatOptions) => ChatFormat<object>>> = table({
  slack,
  discord,
  mattermost,
  googlechat: googleChat,
});

/**
 * The formatter for a webhook URL.
 *
 * Throws a `ConfigurationError` for an unknown option, for a host that leaves the platform open when `platform` is not
 * given, and for an address that can never take a message. The URL is a secret, and no error quotes it.
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
  checkChatOptions(options, OPTIONS, "chat");
  const { platform: named, ...rest } = options;
  const platform = named ?? detectPlatform(url);
  if (platform === undefined) {
    const { pathname } = new URL(url);
    const guess = pathname.includes("/hooks/") ? ' It looks like Mattermost: say `platform: "mattermost"`.' : "";
    throw new ConfigurationError(
      "chat.platform",
      `The webhook URL's host does not tell its platform for certain: set chat.platform.${guess}`,
    );
  }
  return FORMATS[checkChoice(platform, "chat.platform", Object.keys(FORMATS) as ChatPlatform[])](rest);
}
