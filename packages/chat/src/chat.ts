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

/** Each platform's formatter, by the platform's name. */
const makers = { slack, discord, mattermost, googlechat: googleChat };

/** What {@link chat} takes once the platform is named: everything that the platform's own function takes. */
export type PlatformOptions<Platform extends ChatPlatform> = NonNullable<Parameters<(typeof makers)[Platform]>[0]> & {
  /** Decides which further options there are, and the type of the payload. */
  readonly platform: Platform;
};

const FORMATS: Readonly<Record<ChatPlatform, (options: ChatOptions) => ChatFormat<object>>> = table(makers);

/**
 * The formatter for a webhook URL.
 *
 * Where `platform` is named, it takes that platform's options too, and gives its type of payload.
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
export function chat<Platform extends ChatPlatform>(
  url: string | URL,
  options: PlatformOptions<Platform>,
): ReturnType<(typeof makers)[Platform]>;
export function chat(url: string | URL, options?: ChatOptionsFor): ChatFormat<object>;
export function chat(url: string | URL, options: ChatOptionsFor = {}): ChatFormat<object> {
  const names = Object.keys(FORMATS) as ChatPlatform[];
  const named = options?.platform;
  // A platform that is named takes, and checks, options of its own.
  if (named === undefined) checkChatOptions(options, OPTIONS, "chat");
  else checkChoice(named, "chat.platform", names);
  const { platform: _, ...rest } = options;
  const platform = named ?? detectPlatform(url);
  if (platform === undefined) {
    const { pathname } = new URL(url);
    const guess = pathname.includes("/hooks/") ? ' It looks like Mattermost: say `platform: "mattermost"`.' : "";
    throw new ConfigurationError(
      "chat.platform",
      `The webhook URL's host does not tell its platform for certain: set chat.platform.${guess}`,
    );
  }
  return FORMATS[platform](rest);
}
