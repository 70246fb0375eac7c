import type { GoogleChatPayload, GoogleWidget } from "@countersign/chat";
import { text } from "./html.ts";

/** A Google Chat payload as a space shows it: one card. */
export function showGoogleChat(payload: GoogleChatPayload): string {
  return payload.cardsV2
    .map(({ card: { header, sections = [] } }) => {
      const subtitle = header.subtitle === undefined ? "" : `<p class="small">${text(header.subtitle)}</p>`;
      const parts = sections.map(
        (section) =>
          `<hr>${section.header === undefined ? "" : `<p><b>${html(section.header)}</b></p>`}${section.widgets.map(widget).join("")}`,
      );
      return `<div class="card"><h3>${text(header.title)}</h3>${subtitle}${parts.join("")}</div>`;
    })
    .join("");
}

function widget(one: GoogleWidget): string {
  if ("textParagraph" in one) return `<p>${html(one.textParagraph.text)}</p>`;
  if ("decoratedText" in one)
    return `<p><span class="small">${text(one.decoratedText.topLabel)}</span><br>${html(one.decoratedText.text)}</p>`;
  const buttons = one.buttonList.buttons.map(({ text: label, onClick }) => {
    const url = text(onClick.openLink.url);
    return `<a class="button" title="${url}" href="${url}">${text(label)}</a>`;
  });
  return `<p>${buttons.join(" ")}</p>`;
}

/** Card text is a subset of HTML already: of it, the formatter writes line breaks and entities. Anything else is shown. */
const html = (source: string) => source.replace(/<(?!br>)/g, "&lt;");
