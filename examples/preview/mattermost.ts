import type { MattermostAttachment, MattermostPayload } from "@countersign/chat";
import { link, markdown, text } from "./html.ts";

/** A Mattermost payload as a channel shows it. */
export function showMattermost(payload: MattermostPayload): string {
  const above = payload.text === undefined ? "" : `<p>${shown(payload.text)}</p>`;
  return above + payload.attachments.map(attachment).join("");
}

function attachment({ color, title, title_link, text: body, fields = [], footer }: MattermostAttachment): string {
  // A title that has a link is not read as Markdown.
  const heading = title_link === undefined ? shown(title) : link(text(title), title_link);
  const facts = fields.map(
    ({ title: name, value, short }) =>
      `<div class="${short ? "" : "wide"}"><b>${text(name)}</b><br>${shown(value)}</div>`,
  );
  return `<div class="bar" style="border-color:${text(color)}"><h3>${heading}</h3>
${body === undefined ? "" : `<div>${shown(body)}</div>`}
${facts.length === 0 ? "" : `<div class="grid">${facts.join("")}</div>`}
${footer === undefined ? "" : `<p class="small">${text(footer)}</p>`}</div>`;
}

/** Mattermost reads entities as well. */
const shown = (source: string) =>
  markdown(source, (value) => text(value.replace(/&lt;/g, "<").replace(/&#36;/g, "$").replace(/&amp;/g, "&")));
