import { ConfigurationError } from "@countersign/core";
import { type ChatFormat, type ChatOptions, defineChatFormat } from "../format/chat-format.ts";
import { checkHost, checkOptions } from "../format/destination.ts";
import { heading, sharedSource, summary } from "../format/headline.ts";
import type { Prepared } from "../format/prepare.ts";
import type { PlatformRow, Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { SEVERITIES } from "../message/severity.ts";
import { slackCode, slackMrkdwn, slackPlain } from "../text/escape.ts";
import { withFences } from "../text/fence.ts";
import { utf16 } from "../text/measure.ts";
import { plain, type SlackSlot, slackBody } from "./blocks.ts";
import { judgeSlack } from "./judge.ts";
import type { SlackAttachment, SlackBlock, SlackPayload } from "./payload.ts";

export interface SlackOptions extends ChatOptions {
  /** Answer in the thread of this message: its `ts`, like `"1663782000.123456"`, or a function that finds it. */
  readonly thread?: string | ((message: Message) => string | undefined);
}

/** https://docs.slack.dev/reference/block-kit/blocks, counted in UTF-16 units after escaping. */
const ROW: PlatformRow<SlackSlot> = {
  measure: utf16,
  unit: "characters",
  slots: {
    // 40,000 are allowed; a notification shows far less.
    fallback: { limit: 2000, escape: slackMrkdwn, lines: true },
    title: { limit: 150, escape: slackPlain, elastic: false },
    text: { limit: 3000, escape: slackPlain, lines: true },
    code: { limit: 3000, escape: slackCode, lines: true },
    part: { limit: 2800, escape: withFences(slackPlain, slackCode), lines: true },
    name: { limit: 150, escape: slackPlain },
    value: { limit: 2000, escape: slackPlain, lines: true },
    note: { limit: 300, escape: slackPlain },
    button: { limit: 75, escape: slackPlain, elastic: false },
  },
  maxFields: 25,
  maxEvents: 8,
  maxSize: 12_000,
};

/**
 * Slack incoming webhooks: a header, a colour bar with text and fields beside it, buttons, and the time in the reader's
 * zone.
 *
 * Untrusted text stands in `plain_text`, so nothing in it is read as markup. Slack takes one message a second for each
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
  checkOptions("slack", options, ["thread"]);
  const { thread, origin } = options;
  if (typeof thread === "string" && !isThread(thread)) {
    throw new ConfigurationError("thread", '`thread` is the `ts` of a message, like "1663782000.123456".');
  }
  return defineChatFormat<SlackSlot, SlackPayload>(
    {
      platform: "slack",
      row: ROW,
      text: "part",
      rate: { requests: 1, per: 1000 },
      size,
      build,
      finish: (payload, messages) => {
        const ts = typeof thread === "function" && messages[0] !== undefined ? thread(messages[0]) : thread;
        return isThread(ts) ? { ...payload, thread_ts: ts } : payload;
      },
      destination: (url) => destination(url, origin),
      judge: judgeSlack,
    },
    options,
  );
}

/** What a user's function finds may be wrong for one event: that one is then posted outside a thread. */
const isThread = (thread: unknown): thread is string =>
  typeof thread === "string" && /^\d{1,12}\.\d{1,9}$/.test(thread);

function build(messages: readonly Prepared[], writer: Writer<SlackSlot>, more: string): SlackPayload {
  const fallback = writer.write("fallback", "", summary(messages, more));
  const only = messages.length === 1 ? messages[0] : undefined;
  const title = only === undefined ? heading(messages, more) : only.title;
  const blocks: SlackBlock[] = [header(title, writer, only === undefined ? "heading" : "title")];
  const attachments =
    only === undefined
      ? several(messages, writer)
      : boxed(only, slackBody(only, writer, "", { segments: 10, fields: 25 }, only.source));
  const last = attachments.at(-1);
  if (more !== "" && last !== undefined) {
    last.blocks.push({ type: "context", elements: [plain(writer.write("note", "more", more))] });
  }
  return {
    text: fallback,
    blocks,
    ...(attachments.length > 0 ? { attachments } : {}),
    unfurl_links: false,
    unfurl_media: false,
  };
}

function several(messages: readonly Prepared[], writer: Writer<SlackSlot>): SlackAttachment[] {
  const shared = sharedSource(messages);
  return messages.flatMap((message, index) => {
    const path = `messages[${index}].`;
    // 8 events of at most 6 blocks, the header and a last line make Slack's 50.
    const body = slackBody(message, writer, path, { segments: 2, fields: 5 }, shared === "" ? message.source : "");
    return boxed(message, [header(message.title, writer, `${path}title`), ...body]);
  });
}

const header = (title: string, writer: Writer<SlackSlot>, path: string): SlackBlock => ({
  type: "header",
  text: plain(writer.write("title", path, title)),
});

const boxed = (message: Prepared, blocks: SlackBlock[]): SlackAttachment[] =>
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

function destination(url: URL, origin: string | undefined): URL {
  checkHost(url, "slack", origin);
  if (!/^\/services\/[^/]+\/[^/]+\/[^/]+$/.test(url.pathname)) {
    throw new ConfigurationError(
      "url",
      "A Slack webhook URL has three parts after /services/: copy it whole from the app's “Incoming Webhooks” page.",
    );
  }
  const normal = new URL(url);
  normal.hash = "";
  return normal;
}
