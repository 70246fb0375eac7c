import type { SlackBlock, SlackMrkdwn, SlackPayload, SlackPlainText, SlackRichTextBlock } from "@countersign/chat";
import { text, time } from "./html.ts";

/** A Slack payload as a channel shows it: the notification above, blocks, and attachments beside their bars. */
export function showSlack(payload: SlackPayload): string {
  const attachments = (payload.attachments ?? []).map(
    ({ color, blocks }) => `<div class="bar" style="border-color:${text(color)}">${blocks.map(block).join("")}</div>`,
  );
  return `<div class="notice">🔔 ${text(decoded(payload.text))}</div>${payload.blocks.map(block).join("")}${attachments.join("")}`;
}

function block(one: SlackBlock): string {
  if (one.type === "header") return `<h3>${words(one.text)}</h3>`;
  if (one.type === "context") return `<p class="small">${one.elements.map(words).join(" · ")}</p>`;
  if (one.type === "rich_text") return one.elements.map(rich).join("");
  return `<p>${one.elements.map((button) => `<a class="button" title="${text(button.url)}" href="${text(button.url)}">${words(button.text)}</a>`).join(" ")}</p>`;
}

function rich({ type, elements }: SlackRichTextBlock["elements"][number]): string {
  const runs = elements.map((one) => {
    if (one.type === "date") return time(one.timestamp);
    return one.style?.bold ? `<b>${text(one.text)}</b>` : text(one.text);
  });
  return type === "rich_text_preformatted" ? `<pre>${runs.join("")}</pre>` : `<p>${runs.join("")}</p>`;
}

const decoded = (value: string) => value.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

function words(object: SlackPlainText | SlackMrkdwn): string {
  const date = /^<!date\^(\d+)\^[^|]*\|[^>]*>$/.exec(object.type === "mrkdwn" ? object.text : "");
  return date === null ? text(decoded(object.text)) : time(Number(date[1]));
}
