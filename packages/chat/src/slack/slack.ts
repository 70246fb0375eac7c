import { at, type KeysOf } from "@countersign/core/checks";
import type { Overview } from "../format/arrange.ts";
import { type ChatFormat, defineChatFormat } from "../format/chat-format.ts";
import { heading, summary } from "../format/headline.ts";
import { CHAT_OPTIONS, type ChatOptions, checkChatOptions, checkTextOf, keyOf, textOf } from "../format/options.ts";
import type { PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { SEVERITIES } from "../message/severity.ts";
import { plain, slackBody } from "./blocks.ts";
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
}

const OPTIONS: KeysOf<SlackOptions> = { ...CHAT_OPTIONS, thread: "optional" };

/**
 * Slack incoming webhooks: a header, a colour bar with text and fields beside it, buttons, and the time in the reader's
 * zone.
 *
 * Untrusted text goes into `plain_text`, so nothing in it is read as markup. Slack takes one message a second for each
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
  const { thread, origin } = options;
  checkTextOf(thread, at("slack", "thread"), isThread, 'the `ts` of a message, such as "1663782000.123456"');
  return defineChatFormat<SlackSlot, SlackPayload>(
    {
      platform: "slack",
      limits: SLACK,
      part: "part",
      rate: { requests: 1, per: 1000 },
      size,
      build,
      finish(payload, messages) {
        const ts = textOf(thread, messages);
        return ts !== undefined && isThread(ts) ? { ...payload, thread_ts: ts } : payload;
      },
      thread: keyOf(thread),
      room: ({ blocks, attachments = [] }) =>
        BLOCKS - blocks.length - attachments.reduce((sum, attachment) => sum + attachment.blocks.length, 0),
      append: (payload, parts) => ({ ...payload, blocks: [...payload.blocks, ...(parts as SlackBlock[])] }),
      destination: (url) => slackDestination(url, origin),
      judge: judgeSlack,
    },
    options,
  );
}

/** Of one message, attachments included. */
const BLOCKS = 50;

const isThread = (ts: string) => /^\d{1,12}\.\d{1,9}$/.test(ts);

function build(messages: readonly PreparedMessage[], writer: Writer<SlackSlot>, overview: Overview): SlackPayload {
  const fallback = writer.write("fallback", "", summary(messages, overview));
  const only = overview.total === 1 ? messages[0] : undefined;
  const title = only === undefined ? heading(overview) : only.title;
  const blocks: SlackBlock[] = [header(title, writer, only === undefined ? "heading" : "title")];
  const attachments =
    only === undefined
      ? several(messages, writer, overview)
      : boxed(only, slackBody(only, writer, { segments: 10, fields: 25 }, only.source));
  const last = attachments.at(-1);
  if (overview.more !== "" && last !== undefined) {
    last.blocks.push({ type: "section", text: plain(writer.write("more", "more", overview.more)) });
  }
  return {
    text: fallback,
    blocks,
    ...(attachments.length > 0 ? { attachments } : {}),
    unfurl_links: false,
    unfurl_media: false,
  };
}

function several(
  messages: readonly PreparedMessage[],
  writer: Writer<SlackSlot>,
  overview: Overview,
): SlackAttachment[] {
  return messages.flatMap((message) => {
    // 8 events of at most 6 blocks, the header and a last line make Slack's 50.
    const source = overview.source === "" ? message.source : "";
    const body = slackBody(message, writer, { segments: 2, fields: 5 }, source);
    return boxed(message, [header(message.title, writer, `${message.path}title`), ...body]);
  });
}

const header = (title: string, writer: Writer<SlackSlot>, path: string): SlackBlock => ({
  type: "header",
  text: plain(writer.write("title", path, title)),
});

const boxed = (message: PreparedMessage, blocks: SlackBlock[]): SlackAttachment[] =>
  blocks.length === 0 ? [] : [{ color: `#${SEVERITIES[message.severity].color}`, blocks }];

/** All text in blocks together. */
function size(payload: SlackPayload): number {
  const blocks = [payload.blocks, ...(payload.attachments ?? []).map((attachment) => attachment.blocks)].flat();
  let total = 0;
  for (const block of blocks) {
    if (block.type === "actions") for (const { text } of block.elements) total += text.text.length;
    else if (block.type === "context") for (const { text } of block.elements) total += text.length;
    else if (block.type === "header") total += block.text.text.length;
    else for (const text of [...(block.text ? [block.text] : []), ...(block.fields ?? [])]) total += text.text.length;
  }
  return total;
}
