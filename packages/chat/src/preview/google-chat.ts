import type { GoogleChatPayload, GoogleWidget } from "../google-chat/payload.ts";
import { type Inline, inline, once } from "./grammar.ts";
import { bareLink, link, made, pill, text } from "./html.ts";

/** Clients may link these wherever they stand. */
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
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: "\u00a0" };
const ENTITY = {
  pattern: /&(lt|gt|amp|quot|nbsp|#\d{1,6});/,
  sign: ([, name = ""]: readonly string[]) =>
    name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : (NAMED[name] ?? ""),
};

/** Card text: https://developers.google.com/workspace/chat/format-messages#card-formatting */
const HTML: Inline = {
  escapes: [ENTITY],
  rules: [
    { pattern: /<br\s*\/?>/i, html: () => "<br>" },
    {
      pattern: /<a\s+href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/i,
      html: ([, url = "", label = ""], read) => made("span", link(read(label), url)),
    },
    {
      pattern: /<(b|strong|i|em|u|s|strike|del|code|ul|ol|li|font|time)\b[^>]*>([\s\S]*?)<\/\1>/i,
      html: ([, , inner = ""], read) => made("b", read(inner)),
    },
    ...ADDRESSES,
  ],
};
/** `text` and `fallbackText`: https://developers.google.com/workspace/chat/format-messages#format-texts */
const TEXT: Inline = {
  rules: [
    { pattern: /<(users\/[^>|]+)>/, html: ([, id = ""]) => pill(text(id)) },
    {
      pattern: /<([a-z]+:[^>|]+)(?:\|([^>]*))?>/i,
      html: ([, url = "", label = ""]) => made("span", link(text(label || url), url)),
    },
    once("`", "code"),
    once("\\*", "b"),
    once("_", "i"),
    once("~", "s"),
    ...ADDRESSES,
  ],
};
const html = (source: string) => inline(source, HTML);
const plain = (source: string) => inline(source, { rules: ADDRESSES });

/** What a phone shows. */
export const notifyGoogleChat = ({ fallbackText }: GoogleChatPayload): string => inline(fallbackText, TEXT);

/** A Google Chat payload as a space shows it: one card. */
export function showGoogleChat(payload: GoogleChatPayload): string {
  return payload.cardsV2
    .map(({ card: { header, sections = [] } }) => {
      const subtitle = header.subtitle === undefined ? "" : `<p class="small">${plain(header.subtitle)}</p>`;
      const parts = sections.map(
        (section) =>
          `<hr>${section.header === undefined ? "" : `<p><b>${html(section.header)}</b></p>`}${section.widgets.map(widget).join("")}`,
      );
      return `<div class="card"><h3>${plain(header.title)}</h3>${subtitle}${parts.join("")}</div>`;
    })
    .join("");
}

function widget(one: GoogleWidget): string {
  if ("textParagraph" in one) return `<p>${html(one.textParagraph.text)}</p>`;
  if ("decoratedText" in one) {
    const { topLabel, text: value } = one.decoratedText;
    return `<p><span class="small">${plain(topLabel)}</span><br>${html(value)}</p>`;
  }
  if (!("buttonList" in one)) return made("code", text(JSON.stringify(one)));
  const buttons = one.buttonList.buttons.map(
    ({ text: label, onClick }) => `<span class="button">${link(plain(label), onClick.openLink.url)}</span>`,
  );
  return `<p>${buttons.join(" ")}</p>`;
}
