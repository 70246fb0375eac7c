import { ConfigurationError } from "@countersign/core";
import { type ChatFormat, type ChatOptions, defineChatFormat } from "../format/chat-format.ts";
import { checkHost, checkOptions } from "../format/destination.ts";
import { heading, summary } from "../format/headline.ts";
import type { Prepared } from "../format/prepare.ts";
import type { PlatformRow, Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { clean, head, isBlank, oneLine } from "../text/clean.ts";
import { discordLine, discordPlain, discordText } from "../text/escape.ts";
import { codePoints } from "../text/measure.ts";
import { safeUrl } from "../text/url.ts";
import { type DiscordSlot, discordEmbed } from "./embed.ts";
import { judgeDiscord } from "./judge.ts";
import type { DiscordPayload } from "./payload.ts";

export interface DiscordOptions extends ChatOptions {
  /** The name that the message is posted under, up to 80 characters. @default the webhook's own */
  readonly username?: string;
  /** An image for it. @default the webhook's own */
  readonly avatarUrl?: string;
  /** Post into this thread: its id, or a function that finds it. */
  readonly thread?: string | ((message: Message) => string | undefined);
  /** Open a thread of this name, up to 100 characters, for each message: forum and media channels need it, or `thread`. */
  readonly threadName?: string | ((message: Message) => string | undefined);
  /** Also say the message in one plain line above the embed, for readers who have embeds switched off. @default false */
  readonly fallback?: boolean;
}

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits, counted in code points. */
const ROW: PlatformRow<DiscordSlot> = {
  measure: codePoints,
  unit: "characters",
  slots: {
    content: { limit: 500, escape: discordLine, lines: true, elastic: false },
    title: { limit: 256, escape: discordLine, elastic: false },
    text: { limit: 4096, escape: discordText, lines: true },
    name: { limit: 256, escape: discordLine },
    value: { limit: 1024, escape: discordText, lines: true },
    note: { limit: 200, escape: discordPlain, elastic: false },
    label: { limit: 80, escape: discordLine, elastic: false },
  },
  maxFields: 25,
  maxEvents: 10,
  maxSize: 6000,
};

/**
 * Discord webhooks: an embed with a colour bar, fields and the time in the reader's zone; several events are several
 * embeds of one message. Mentions of every kind are switched off and broken as well.
 *
 * The webhook's URL is brought to API version 10 and asks for an answer (`wait=true`): without it a message that could
 * not be saved is reported as success. Discord counts 30 messages a minute for each webhook; the format keeps to that.
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
  checkOptions("discord", options, ["username", "avatarUrl", "thread", "threadName", "fallback"]);
  const { username, avatarUrl, thread, threadName, fallback = false, origin } = options;
  checkUsername(username);
  if (avatarUrl !== undefined && safeUrl(avatarUrl) === undefined) {
    throw new ConfigurationError("avatarUrl", "`avatarUrl` is an http or https URL of at most 2000 characters.");
  }
  if (typeof thread === "string" && !isSnowflake(thread)) {
    throw new ConfigurationError("thread", "`thread` is a thread's id, 17 to 20 digits.");
  }
  const identity = {
    ...(username === undefined ? {} : { username }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  };
  return defineChatFormat<DiscordSlot, DiscordPayload>(
    {
      platform: "discord",
      row: ROW,
      text: "text",
      // 30 a minute for a channel, 5 in two seconds for a webhook: this keeps under both.
      rate: { requests: 5, per: 10_000 },
      size,
      build: (messages, writer, more) => build(messages, writer, more, fallback),
      finish(payload, messages) {
        const name = found(threadName, messages);
        const short = name === undefined ? "" : head(oneLine(clean(name)), 100);
        return { ...payload, ...identity, ...(isBlank(short) ? {} : { thread_name: short }) };
      },
      query(messages) {
        const id = found(thread, messages);
        return id !== undefined && isSnowflake(id) ? { thread_id: id } : {};
      },
      destination: (url) => destination(url, origin),
      judge: judgeDiscord,
    },
    options,
  );
}

const isSnowflake = (id: string) => /^\d{17,20}$/.test(id);

function found(option: DiscordOptions["thread"], messages: readonly Message[]): string | undefined {
  const value = typeof option === "function" ? messages[0] && option(messages[0]) : option;
  return typeof value === "string" ? value : undefined;
}

/** https://docs.discord.com/developers/resources/user#usernames-and-nicknames */
function checkUsername(username: unknown): void {
  if (username === undefined) return;
  const valid =
    typeof username === "string" &&
    username.trim() !== "" &&
    codePoints(username) <= 80 &&
    !/discord|clyde/i.test(username);
  if (!valid)
    throw new ConfigurationError(
      "username",
      "`username` has 1 to 80 characters, and neither “discord” nor “clyde” in it.",
    );
}

function build(
  messages: readonly Prepared[],
  writer: Writer<DiscordSlot>,
  more: string,
  fallback: boolean,
): DiscordPayload {
  const several = messages.length > 1;
  const line = several
    ? [heading(messages, more), more].filter((part) => part !== "").join("\n")
    : summary(messages, more);
  const content = several || fallback ? writer.write("content", "", line) : "";
  // Discord merges embeds that share an address: only the first of them may lead there by its title.
  const taken = new Set<string>();
  return {
    ...(content === "" ? {} : { content }),
    embeds: messages.map((message, index) =>
      discordEmbed(message, writer, several ? `messages[${index}].` : "", taken, several ? 6 : 25),
    ),
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

function destination(url: URL, origin: string | undefined): URL {
  checkHost(url, "discord", origin);
  const path = /^\/api(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)(?:\/(?:slack|github))?\/?$/.exec(url.pathname);
  if (path === null) {
    throw new ConfigurationError(
      "url",
      "A Discord webhook URL has an id and a token after /api/webhooks/: copy it whole from the channel's integrations.",
    );
  }
  const normal = new URL(
    `/api/v10/webhooks/${path[1]}/${path[2]}`,
    origin === undefined ? "https://discord.com" : url.origin,
  );
  const thread = url.searchParams.get("thread_id");
  if (thread !== null) normal.searchParams.set("thread_id", thread);
  normal.searchParams.set("wait", "true");
  return normal;
}
