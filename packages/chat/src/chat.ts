import { ConfigurationError } from "@countersign/core";
import { checkChoice, type KeysOf, table } from "@countersign/core/checks";
import { type DiscordOptions, discord } from "./discord/discord.ts";
import type { DiscordPayload } from "./discord/payload.ts";
import type { ChatFormat } from "./format/chat-format.ts";
import { detectPlatform } from "./format/destination.ts";
import type { ChatPlatform } from "./format/hosts.ts";
import { CHAT_OPTIONS, type ChatOptions, checkChatOptions } from "./format/options.ts";
import { type GoogleChatOptions, googleChat } from "./google-chat/google-chat.ts";
import type { GoogleChatPayload } from "./google-chat/payload.ts";
import { type MattermostOptions, mattermost } from "./mattermost/mattermost.ts";
import type { MattermostPayload } from "./mattermost/payload.ts";
import type { SlackPayload } from "./slack/payload.ts";
import { type SlackOptions, slack } from "./slack/slack.ts";

/** Options that every platform has, and the platform's name where the URL does not tell. */
export interface ChatOptionsFor extends ChatOptions {
  /** Needed for Mattermost, and for any platform behind a proxy. @default what the URL's host says */
  readonly platform?: ChatPlatform;
}

const OPTIONS: KeysOf<ChatOptionsFor> = { ...CHAT_OPTIONS, platform: "optional" };

/** What each platform takes and makes, by its name. */
interface Platforms {
  readonly slack: { readonly options: SlackOptions; readonly payload: SlackPayload };
  readonly discord: { readonly options: DiscordOptions; readonly payload: DiscordPayload };
  readonly mattermost: { readonly options: MattermostOptions; readonly payload: MattermostPayload };
  readonly googlechat: { readonly options: GoogleChatOptions; readonly payload: GoogleChatPayload };
}

/** The options of one platform, and its name. */
export type PlatformOptions<Platform extends ChatPlatform> = Platforms[Platform]["options"] & {
  /** Whose formatter it is. */
  readonly platform: Platform;
};

const FORMATS: Readonly<Record<ChatPlatform, (options: ChatOptions) => ChatFormat<object>>> = table({
  slack,
  discord,
  mattermost,
  googlechat: googleChat,
});

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
): ChatFormat<Platforms[Platform]["payload"]>;
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
