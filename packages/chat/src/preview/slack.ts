import type {
  SlackBlock,
  SlackMrkdwn,
  SlackPayload,
  SlackPlainText,
  SlackRichDate,
  SlackRichText,
  SlackRichTextBlock,
} from "../slack/payload.ts";
import { type Inline, inline, type LineRule, once, readLines } from "./grammar.ts";
import { bareLink, link, made, picture, pill, text, time } from "./html.ts";

const SIGNS: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&" };
const ESCAPES = [{ pattern: /&(lt|gt|amp);/, sign: ([, name = ""]: readonly string[]) => SIGNS[name] ?? "" }];
const ADDRESSES = [
  { pattern: /https?:\/\/[^\s<]*[^\s<.,:;"')\]]/, html: ([url = ""]: readonly string[]) => bareLink(url) },
  {
    pattern: /(?<![\w.@-])[\w.-]+@[\w-]+(?:\.[\w-]+)+/,
    html: ([all = ""]: readonly string[]) => bareLink(`mailto:${all}`),
  },
  {
    pattern: /(?<![\w.@-])[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|example)\b/,
    html: ([all = ""]: readonly string[]) => bareLink(`http://${all}`),
  },
];

/** https://docs.slack.dev/messaging/formatting-message-text: all of mrkdwn. */
const MRKDWN: Inline = {
  escapes: ESCAPES,
  rules: [
    { pattern: /```\n?([\s\S]+?)\n?```/, html: ([, inner = ""]) => made("pre", text(inner)) },
    once("`", "code"),
    { pattern: /<!date\^(\d+)\^[^|>]*\|[^>]*>/, html: ([, seconds]) => time(Number(seconds)) },
    { pattern: /<([@#!][^>|]+)(?:\|([^>]*))?>/, html: ([, id = "", label = ""]) => pill(text(label || id)) },
    {
      pattern: /<([a-z]+:[^>|]+)(?:\|([^>]*))?>/i,
      html: ([, url = "", label = ""], read) => `<span class="made">${link(read(label || url), url)}</span>`,
    },
    { pattern: /(?<!\w):([a-z\d_+'-]+):(?!\w)/i, html: ([, name = ""]) => picture(name) },
    once("\\*", "b"),
    once("_", "i"),
    once("~", "s"),
    ...ADDRESSES,
  ],
};
const LINES: readonly LineRule[] = [
  { pattern: /^&gt; ?(.*)$/, html: ([, inner = ""], read) => made("blockquote", read(inner)) },
];
const mrkdwn = (source: string) => readLines(source, LINES, MRKDWN);
/** Nothing is markup, but entities are decoded, and a client may link an address. */
const PLAIN: Inline = { escapes: ESCAPES, rules: ADDRESSES };
/** Neither markup nor entities. */
const RICH: Inline = { rules: ADDRESSES };

/** What a phone shows: `text`, as mrkdwn. */
export const notifySlack = ({ text: notification }: SlackPayload): string => mrkdwn(notification);

/** A Slack payload as a channel shows it: blocks, and attachments beside their bars. */
export function showSlack({ blocks, attachments = [] }: SlackPayload): string {
  const bars = attachments.map(
    (one) => `<div class="bar" style="border-left-color:${text(one.color)}">${one.blocks.map(block).join("")}</div>`,
  );
  return blocks.map(block).join("") + bars.join("");
}

function block(one: SlackBlock): string {
  switch (one.type) {
    case "header":
      return `<h3>${words(one.text)}</h3>`;
    case "divider":
      return "<hr>";
    case "context":
      return `<p class="small">${one.elements.map(words).join(" &nbsp; ")}</p>`;
    case "rich_text":
      return `<div class="rich">${one.elements.map(rich).join("")}</div>`;
    case "actions":
      return `<p>${one.elements.map(({ text: label, url }) => `<span class="button">${link(words(label), url)}</span>`).join(" ")}</p>`;
    default:
      return raw(one);
  }
}

function rich({ type, elements }: SlackRichTextBlock["elements"][number]): string {
  if (type === "rich_text_preformatted") return `<pre>${elements.map((one) => text(one.text)).join("")}</pre>`;
  return type === "rich_text_section" ? `<div>${elements.map(run).join("")}</div>` : raw({ type, elements });
}

function run(one: SlackRichText | SlackRichDate): string {
  if (one.type === "date") return time(one.timestamp);
  if (one.type !== "text") return raw(one);
  const inner = inline(one.text, RICH);
  return one.style?.bold ? `<b>${inner}</b>` : inner;
}

/** A kind that the formatter does not write: a raw part, or a mistake. */
const raw = (part: object) => made("code", text(JSON.stringify(part)));

const words = (object: SlackPlainText | SlackMrkdwn): string =>
  object.type === "mrkdwn" ? mrkdwn(object.text) : inline(object.text, PLAIN);
