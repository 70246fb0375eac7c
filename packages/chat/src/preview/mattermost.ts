import type { MattermostAttachment, MattermostPayload } from "../mattermost/payload.ts";
import { backslash, type Inline, inline, inlineCode, type LineRule, markdown, wrapped } from "./grammar.ts";
import { bareLink, link, made, picture, pill, text } from "./html.ts";

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const entity = (name: string): string =>
  name.startsWith("#")
    ? String.fromCodePoint(Number(name.slice(1).replace(/^x/i, "0x")) || 0xfffd)
    : (ENTITIES[name] ?? "");

/** Looked for after Markdown, so that no backslash stops it. */
const AFTERWARDS: Inline = {
  rules: [
    { pattern: /(?<!\w)@[a-z0-9][\w.-]*/i, html: ([all = ""]) => pill(text(all)) },
    { pattern: /(?<![^\s(])#\p{L}[\p{L}\d_.-]*/u, html: ([all = ""]) => pill(text(all)) },
    { pattern: /(?<!\w)~[a-z0-9][\w.-]*/i, html: ([all = ""]) => pill(text(all)) },
    { pattern: /(?<!\w):([\w+-]+):(?!\w)/, html: ([, name = ""]) => picture(name) },
    { pattern: /[\p{L}\d._-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/u, html: ([all = ""]) => bareLink(`mailto:${all}`) },
  ],
};
/** https://docs.mattermost.com/collaborate/format-messages.html, and marked's own lexer. */
const INLINE: Inline = {
  escapes: [
    backslash(/\\([\\`*{}[\]()#+\-.!_>~|])/),
    { pattern: /&(lt|gt|amp|quot|#x?[\da-f]{1,6});/i, sign: ([, name = ""]) => entity(name) },
  ],
  plain: (value) => inline(value, AFTERWARDS),
  rules: [
    inlineCode,
    { pattern: /\$(?! )[^$\n]+\$(?![\w])/, html: ([all = ""]) => made("code", text(all)) },
    {
      pattern: /!?\[((?:\\.|[^\\[\]])*)\]\(\s*<?([^\s()<>]+)>?(?:\s+"[^"]*")?\s*\)/,
      html: ([, label = "", url = ""], read) => link(read(label), url),
    },
    {
      pattern: /<?((?:https?|ftp|mailto|tel):(?=[/\p{L}\d%+])[^\s<>]*[^\s<>.,:;"')\]])>?/iu,
      html: ([, url = ""]) => bareLink(url),
    },
    { pattern: /(?<!\w)www\d{0,3}\.[^\s<]*[^\s<.,:;"')\]]/i, html: ([url = ""]) => bareLink(`http://${url}`) },
    // Any other scheme is shown as it is, backslashes included.
    {
      pattern: /[a-z][a-z\d.+-]*:(?=\/|[\p{L}\d%])[^\s<>()]*\\[^\s<>()]*/iu,
      html: ([all = ""]) => made("span", text(all)),
    },
    wrapped(/\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/, "b"),
    wrapped(/(?<!\w)__((?:\\.|[^\\])+?)__(?!\w)/, "b"),
    wrapped(/~~((?:\\.|[^\\])+?)~~/, "s"),
    wrapped(/\*(?=\S)((?:\\.|[^\\*])+?)\*(?!\*)/, "i"),
    wrapped(/(?<!\w)_((?:\\.|[^\\_])+?)_(?!\w)/, "i"),
  ],
};
const LINES: readonly LineRule[] = [
  { pattern: /^ {0,3}>(.*)$/, html: ([, inner = ""], read) => made("blockquote", read(inner)) },
  { pattern: /^ {0,3}#{1,6} *(.+)$/, html: ([, inner = ""], read) => made("h2", read(inner)) },
  { pattern: /^ {0,3}(?:={2,}|-{3,}|\*{3,}|_{3,}) *$/, html: () => made("hr", "") },
  { pattern: /^ *(?:[-*+]|\d+[.)]) (.+)$/, html: ([, inner = ""], read) => made("li", read(inner)) },
  { pattern: /^ {4}(.+)$/, html: ([, inner = ""]) => made("pre", text(inner)) },
  { pattern: /^(\|.*\|) *$/, html: ([, row = ""], read) => made("div", read(row)) },
];

/** What the server rewrites before anything is read: Slack's own syntax. https://docs.mattermost.com/integrate/slack-compat */
const rewritten = (source: string) =>
  source
    .replace(/<!(channel|here|all)>/g, "@$1")
    .replace(/<@(\w+)>/g, "@$1")
    .replace(/<([^<|\n]+)\|([^>\n]+)>/g, "[$2]($1)");

/** The web client's first step. */
const lexed = (source: string) =>
  source
    .replace(/\t/g, "    ")
    .replace(/\u00a0/g, " ")
    .replace(/\u2424/g, "\n");
const read = (source: string) => markdown(lexed(rewritten(source)), LINES, INLINE);

/** What a phone shows: the text, its Markdown taken away; else the fallback of the attachments, as it is. */
export const notifyMattermost = ({ text: above, attachments }: MattermostPayload): string =>
  above === undefined
    ? attachments.map(({ fallback }) => plain(fallback)).join("<br>")
    : inline(lexed(rewritten(above)), INLINE);

/** A Mattermost payload as a channel shows it. */
export function showMattermost(payload: MattermostPayload): string {
  const above = payload.text === undefined ? "" : `<div>${read(payload.text)}</div>`;
  return above + payload.attachments.map(attachment).join("");
}

function attachment({ color, title, title_link, text: body, fields = [], footer }: MattermostAttachment): string {
  // A title that has a link, a field's name and a footer are not read as Markdown.
  const heading = title_link === undefined ? read(title) : link(plain(title), title_link);
  const facts = fields.map(
    ({ title: name, value, short }) =>
      `<div class="${short ? "" : "wide"}"><b>${plain(name)}</b><br>${read(value)}</div>`,
  );
  return `<div class="bar" style="border-left-color:${text(color)}"><h3>${heading}</h3>
${body === undefined ? "" : `<div>${read(body)}</div>`}
${facts.length === 0 ? "" : `<div class="grid">${facts.join("")}</div>`}
${footer === undefined ? "" : `<p class="small">${plain(footer)}</p>`}</div>`;
}

const plain = (source: string) => inline(source, AFTERWARDS);
