import { ConfigurationError } from "@countersign/core";
import { at, checkBoolean, type KeysOf } from "@countersign/core/checks";
import type { Overview } from "../format/arrange.ts";
import { type ChatFormat, defineChatFormat } from "../format/chat-format.ts";
import { preamble, summary } from "../format/headline.ts";
import {
  CHAT_OPTIONS,
  type ChatOptions,
  checkChatOptions,
  checkImage,
  checkTextOf,
  keyOf,
  textOf,
} from "../format/options.ts";
import type { PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { clean, head, isBlank, oneLine } from "../text/clean.ts";
import { codePoints } from "../text/measure.ts";
import { discordDestination } from "./destination.ts";
import { discordEmbed } from "./embed.ts";
import { judgeDiscord } from "./judge.ts";
import { DISCORD, type DiscordSlot } from "./limits.ts";
import type { DiscordEmbed, DiscordPayload } from "./payload.ts";

/** What {@link discord} takes besides the options of all four. */
export interface DiscordOptions extends ChatOptions {
  /** The name that the message is posted under: 1 to 80 characters, without “discord” and “clyde”. @default the webhook's own */
  readonly username?: string;
  /** The address of an image for it, http or https, at most 2000 characters. @default the webhook's own */
  readonly avatarUrl?: string;
  /** Post into this thread: its id, 17 to 20 digits, or a function that finds it in the message. @default none */
  readonly thread?: string | ((message: Message) => string | undefined);
  /**
   * Open a thread of this name, up to 100 characters, for each request, or a function that finds it in a message:
   * forum and media channels need it, or `thread`. @default none
   */
  readonly threadName?: string | ((message: Message) => string | undefined);
  /** Also say the message in one plain line above the embed, for readers who have embeds switched off. @default false */
  readonly fallback?: boolean;
}

const OPTIONS: KeysOf<DiscordOptions> = {
  ...CHAT_OPTIONS,
  username: "optional",
  avatarUrl: "optional",
  thread: "optional",
  threadName: "optional",
  fallback: "optional",
};

/**
 * Discord webhooks: an embed with a colour bar, fields and the time in the reader's zone; several events are several
 * embeds of one message. Mentions of every kind are switched off and broken as well.
 *
 * The webhook's URL is brought to API version 10 and asks for an answer (`wait=true`): without it a message that could
 * not be saved is reported as success. The format keeps to
 * Discord's 30 messages a minute for each webhook.
 *
 * Throws a `ConfigurationError` for unknown options, and from `destination` for a URL that is not a webhook.
 *
 * @see https://docs.discord.com/developers/resources/webhook#execute-webhook
 * @example
 * ```ts
 * import { discord } from "@countersign/chat";
 *
 * const format = discord({ username: "Tailnet" });
 * const payload = format({ title: "Node *created*", severity: "info" });
 * payload.embeds[0]?.title; // "Node \\*created\\*"
 * ```
 */
export function discord(options: DiscordOptions = {}): ChatFormat<DiscordPayload> {
  checkChatOptions(options, OPTIONS, "discord");
  const { username, avatarUrl, thread, threadName, fallback = false, origin } = options;
  if (username !== undefined) checkUsername(username, at("discord", "username"));
  checkImage(avatarUrl, at("discord", "avatarUrl"));
  checkTextOf(thread, at("discord", "thread"), isSnowflake, "a thread's id, 17 to 20 digits");
  checkTextOf(threadName, at("discord", "threadName"), isThreadName, "a name of 1 to 100 characters");
  checkBoolean(fallback, at("discord", "fallback"));
  const identity = {
    ...(username === undefined ? {} : { username }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  };
  return defineChatFormat<DiscordSlot, DiscordPayload>(
    {
      platform: "discord",
      limits: DISCORD,
      part: "text",
      // 30 a minute for a channel, 5 in two seconds for a webhook: this keeps under both.
      rate: { requests: 5, per: 10_000 },
      size,
      build: (messages, writer, overview) => build(messages, writer, overview, fallback),
      finish(payload, messages) {
        const name = head(oneLine(clean(textOf(threadName, messages) ?? "")), THREAD_NAME);
        return { ...payload, ...identity, ...(isBlank(name) ? {} : { thread_name: name }) };
      },
      query(messages) {
        const id = textOf(thread, messages);
        return id !== undefined && isSnowflake(id) ? { thread_id: id } : {};
      },
      thread: keyOf(thread, threadName),
      room: ({ embeds }) => DISCORD.maxEvents - embeds.length,
      append: (payload, parts) => ({ ...payload, embeds: [...payload.embeds, ...(parts as DiscordEmbed[])] }),
      destination: (url) => discordDestination(url, origin),
      judge: judgeDiscord,
    },
    options,
  );
}

const isSnowflake = (id: string) => /^\d{17,20}$/.test(id);

/** Characters. https://docs.discord.com/developers/resources/channel#channel-object-channel-structure */
const THREAD_NAME = 100;
const isThreadName = (name: string) => name.length <= THREAD_NAME && !isBlank(clean(name));

/** https://docs.discord.com/developers/resources/user#usernames-and-nicknames */
function checkUsername(username: unknown, path: string): void {
  const valid =
    typeof username === "string" &&
    username.trim() !== "" &&
    codePoints(username) <= 80 &&
    !/discord|clyde/i.test(username);
  if (valid) return;
  throw new ConfigurationError(path, `${path} must have 1 to 80 characters, and neither “discord” nor “clyde” in it.`);
}

function build(
  messages: readonly PreparedMessage[],
  writer: Writer<DiscordSlot>,
  overview: Overview,
  fallback: boolean,
): DiscordPayload {
  const several = overview.total > 1;
  const line = several ? preamble(messages, overview) : summary(messages, overview);
  const content = several || fallback ? writer.write("content", "", line) : "";
  // Discord merges embeds that share an address: only the first of them may lead there by its title.
  const taken = new Set<string>();
  return {
    ...(content === "" ? {} : { content }),
    embeds: messages.map((message) => discordEmbed(message, writer, taken, several ? 6 : 25)),
    allowed_mentions: { parse: [] },
  };
}

/** The texts of all embeds together. */
function size({ embeds }: DiscordPayload): number {
  let total = 0;
  for (const { title, description = "", fields = [], footer } of embeds) {
    total += codePoints(title) + codePoints(description) + codePoints(footer?.text ?? "");
    for (const { name, value } of fields) total += codePoints(name) + codePoints(value);
  }
  return total;
}
