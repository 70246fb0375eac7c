import { at, checkBoolean, type KeysOf } from "@countersign/core/checks";
import type { Overview } from "../format/arrange.ts";
import { type ChatFormat, defineChatFormat } from "../format/chat-format.ts";
import { heading, summary } from "../format/headline.ts";
import { CHAT_OPTIONS, type ChatOptions, checkChatOptions, checkTextOf, keyOf, textOf } from "../format/options.ts";
import type { PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { SEVERITIES } from "../message/severity.ts";
import { plain, rich, run, section, slackBody } from "./blocks.ts";
import { slackDestination } from "./destination.ts";
import { judgeSlack } from "./judge.ts";
import { SLACK, type SlackSlot } from "./limits.ts";
import type { SlackAttachment, SlackBlock, SlackPayload } from "./payload.ts";

/** What {@link slack} takes besides the options of all four. */
export interface SlackOptions extends ChatOptions {
  /**
   * Answer in the thread of this message. Slack tells a webhook no `ts`, so it has to come from elsewhere: from a bot
   * that reads the channel, or from the link to a message. Its `ts`, like `"1663782000.123456"`, or a function that finds it in the
   * message. What the function finds is left out when it is no `ts`: the message is then posted
   * outside a thread. @default no thread
   */
  readonly thread?: string | ((message: Message) => string | undefined);
  /**
   * `true` puts a bar in the colour of its severity beside each event. Slack has one only beside attachments, whose end
   * it folds away behind "Show more". @default false
   */
  readonly colorBar?: boolean;
}

const OPTIONS: KeysOf<SlackOptions> = { ...CHAT_OPTIONS, thread: "optional", colorBar: "optional" };

/**
 * Slack incoming webhooks: a header, rich text with bold names and code, buttons, and the time in the reader's zone; a
 * colour bar where it is asked for.
 *
 * Untrusted text goes into `rich_text` and `plain_text`, so nothing in it is read as markup. Slack takes one message a second for each
 * webhook; the format keeps to that.
 *
 * Throws a `ConfigurationError` for unknown options, and from `destination` for a URL that is not an incoming webhook.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @example
 * ```ts
 * import { slack } from "@countersign/chat";
 *
 * const format = slack();
 * const payload = format({ title: "Node created", severity: "info", source: "example.com" });
 * payload.blocks[0]; // { type: "header", text: { type: "plain_text", text: "Node created", emoji: false } }
 * ```
 */
export function slack(options: SlackOptions = {}): ChatFormat<SlackPayload> {
  checkChatOptions(options, OPTIONS, "slack");
  const { thread, origin, colorBar = false } = options;
  checkBoolean(colorBar, at("slack", "colorBar"));
  checkTextOf(thread, at("slack", "thread"), isThread, 'the `ts` of a message, such as "1663782000.123456"');
  return defineChatFormat<SlackSlot, SlackPayload>(
    {
      platform: "slack",
      limits: SLACK,
      part: "part",
      rate: { requests: 1, per: 1000 },
      size,
      build: (messages, writer, overview) => build(messages, writer, overview, colorBar),
      finish(payload, messages) {
        const ts = textOf(thread, messages);
        return ts !== undefined && isThread(ts) ? { ...payload, thread_ts: ts } : payload;
      },
      thread: keyOf(thread),
      room: ({ blocks, attachments = [] }) =>
        BLOCKS - blocks.length - attachments.reduce((sum, attachment) => sum + attachment.blocks.length, 0),
      append,
      destination: (url) => slackDestination(url, origin),
      judge: judgeSlack,
    },
    options,
  );
}

/** Of one message, attachments included. */
const BLOCKS = 50;

const isThread = (ts: string) => /^\d{1,12}\.\d{1,9}$/.test(ts);

function build(
  messages: readonly PreparedMessage[],
  writer: Writer<SlackSlot>,
  overview: Overview,
  colorBar: boolean,
): SlackPayload {
  const fallback = writer.write("fallback", "", summary(messages, overview));
  const only = overview.total === 1 ? messages[0] : undefined;
  const title = only === undefined ? heading(overview) : only.title;
  const blocks: SlackBlock[] = [header(title, writer, only === undefined ? "heading" : "title")];
  const bodies = messages.map((message) => ({
    message,
    blocks:
      only === undefined
        ? oneOfSeveral(message, writer, overview)
        : slackBody(message, writer, { segments: 10, fields: 25 }, message.source),
  }));
  if (overview.more !== "") {
    bodies.at(-1)?.blocks.push(...rich([section(run(writer.write("more", "more", overview.more)))]));
  }
  return {
    text: fallback,
    ...(colorBar ? { blocks, attachments: bodies.map(boxed) } : { blocks: [...blocks, ...divided(bodies, only)] }),
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** A line before each event among several. */
const divided = (bodies: readonly { blocks: SlackBlock[] }[], only: unknown): SlackBlock[] =>
  bodies.flatMap(({ blocks }) => (only === undefined ? [{ type: "divider" as const }, ...blocks] : blocks));

/** 8 events of at most 5 blocks and a line before each, the heading and a last block are Slack's 50. */
function oneOfSeveral(message: PreparedMessage, writer: Writer<SlackSlot>, overview: Overview): SlackBlock[] {
  const source = overview.source === "" ? message.source : "";
  const body = slackBody(message, writer, { segments: 2, fields: 5 }, source);
  return [header(message.title, writer, `${message.path}title`), ...body];
}

/** Behind everything else, beside the bar where there is one. */
function append(payload: SlackPayload, parts: readonly object[]): SlackPayload {
  const raw = parts as SlackBlock[];
  const { blocks, attachments = [] } = payload;
  const last = attachments.at(-1);
  if (last === undefined) return { ...payload, blocks: [...blocks, ...raw] };
  return { ...payload, attachments: [...attachments.slice(0, -1), { ...last, blocks: [...last.blocks, ...raw] }] };
}

const header = (title: string, writer: Writer<SlackSlot>, path: string): SlackBlock => ({
  type: "header",
  text: plain(writer.write("title", path, title)),
});

const boxed = ({ message, blocks }: { message: PreparedMessage; blocks: SlackBlock[] }): SlackAttachment => ({
  color: `#${SEVERITIES[message.severity].color}`,
  blocks,
});

/** All text in blocks together. */
function size({ blocks, attachments = [] }: SlackPayload): number {
  const texts = [...blocks, ...attachments.flatMap((attachment) => attachment.blocks)].flatMap(textsOf);
  return texts.reduce((total, text) => total + text.length, 0);
}

function textsOf(block: SlackBlock): readonly string[] {
  switch (block.type) {
    case "header":
      return [block.text.text];
    case "divider":
      return [];
    case "actions":
      return block.elements.map(({ text }) => text.text);
    case "context":
      return block.elements.map(({ text }) => text);
    case "rich_text":
      return block.elements.flatMap(({ elements }) =>
        elements.map((one) => (one.type === "date" ? one.fallback : one.text)),
      );
  }
}
