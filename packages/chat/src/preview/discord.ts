import type { DiscordEmbed, DiscordPayload } from "../discord/payload.ts";
import { backslash, type Inline, inline, inlineCode, type LineRule, markdown, wrapped } from "./grammar.ts";
import { bareLink, link, made, picture, pill, text, time } from "./html.ts";

/** https://support.discord.com/hc/en-us/articles/210298617, and the mentions of discord.com/developers/docs/reference */
const INLINE: Inline = {
  escapes: [backslash(/\\([^0-9A-Za-z\s])/)],
  rules: [
    inlineCode,
    { pattern: /<t:(-?\d{1,12})(?::[tTdDfFR])?>/, html: ([, seconds]) => time(Number(seconds)) },
    { pattern: /<(@[!&]?\d+|#\d+|\/[^:>]+:\d+|id:\w+)>/, html: ([, inner = ""]) => pill(text(inner)) },
    { pattern: /<a?:(\w+):\d+>/, html: ([, name = ""]) => picture(name) },
    { pattern: /@(?:everyone|here)\b/, html: ([all = ""]) => pill(text(all)) },
    {
      pattern: /\[((?:\\.|[^\\[\]])+)\]\(\s*<?(https?:\/\/[^\s<>()]+)>?(?:\s+"[^"]*")?\s*\)/,
      html: ([, label = "", url = ""], read) => link(read(label), url),
    },
    { pattern: /<(https?:\/\/[^\s>]+)>/, html: ([, url = ""]) => bareLink(url) },
    { pattern: /https?:\/\/[^\s<]*[^\s<.,:;"')\]]/, html: ([url = ""]) => bareLink(url) },
    { pattern: /(?<!\w):([\w+-]{2,}):(?!\d)/, html: ([, name = ""]) => picture(name) },
    wrapped(/\|\|([\s\S]+?)\|\|/, "mark"),
    wrapped(/\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/, "b"),
    wrapped(/__((?:\\.|[^\\])+?)__(?!_)/, "u"),
    wrapped(/~~((?:\\.|[^\\])+?)~~/, "s"),
    wrapped(/\*(?=\S)((?:\\.|[^\\*])+?)\*(?!\*)/, "i"),
    wrapped(/(?<!\w)_((?:\\.|[^\\_])+?)_(?!\w)/, "i"),
  ],
};
const LINES: readonly LineRule[] = [
  { pattern: /^(?:>>>|>) (.*)$/, html: ([, inner = ""], read) => made("blockquote", read(inner)) },
  { pattern: /^#{1,3} (.+)$/, html: ([, inner = ""], read) => made("h2", read(inner)) },
  { pattern: /^-# (.+)$/, html: ([, inner = ""], read) => made("small", read(inner)) },
  { pattern: /^ *(?:[-*+]|\d+\.) (.+)$/, html: ([, inner = ""], read) => made("li", read(inner)) },
];
const read = (source: string) => markdown(source, LINES, INLINE);

/** What a phone shows: the content. Without one Discord names the embed; which part of it is Discord's own choice. */
export const notifyDiscord = ({ content, embeds }: DiscordPayload): string =>
  inline(content ?? embeds[0]?.title ?? "", INLINE);

/** A Discord payload as a channel shows it: content above, embeds beside their bars. */
export function showDiscord(payload: DiscordPayload): string {
  const content = payload.content === undefined ? "" : `<div>${read(payload.content)}</div>`;
  return content + payload.embeds.map(embed).join("");
}

function embed({ title, url, description, color, fields = [], footer, timestamp }: DiscordEmbed): string {
  const heading = read(title);
  const facts = fields.map(
    ({ name, value, inline: beside }) =>
      `<div class="${beside ? "" : "wide"}"><b>${read(name)}</b><br>${read(value)}</div>`,
  );
  const when = timestamp === undefined ? "" : time(Date.parse(timestamp) / 1000);
  // A footer knows no Markdown.
  const below = [footer === undefined ? "" : text(footer.text), when].filter((part) => part !== "").join(" • ");
  return `<div class="bar" style="border-left-color:#${color.toString(16).padStart(6, "0")}">
<h3>${url === undefined ? heading : link(heading, url)}</h3>
${description === undefined ? "" : `<div>${read(description)}</div>`}
${facts.length === 0 ? "" : `<div class="grid three">${facts.join("")}</div>`}
${below === "" ? "" : `<p class="small">${below}</p>`}</div>`;
}
