import type { SlackBlock, SlackMrkdwn, SlackPayload, SlackPlainText } from "@countersign/chat";
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
  if (one.type === "actions")
    return `<p>${one.elements.map((button) => `<a class="button" title="${text(button.url)}" href="${text(button.url)}">${words(button.text)}</a>`).join(" ")}</p>`;
  const body = one.text === undefined ? "" : `<p>${words(one.text)}</p>`;
  const fields = (one.fields ?? []).map((field) => `<div>${words(field)}</div>`);
  return body + (fields.length === 0 ? "" : `<div class="grid">${fields.join("")}</div>`);
}

const decoded = (value: string) => value.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

function words(object: SlackPlainText | SlackMrkdwn): string {
  if (object.type === "plain_text") return text(decoded(object.text));
  const date = /^<!date\^(\d+)\^[^|]*\|[^>]*>$/.exec(object.text);
  if (date !== null) return time(Number(date[1]));
  const code = /^```\n([\s\S]*)\n```$/.exec(object.text);
  if (code !== null) return `<pre>${text(decoded(code[1] ?? ""))}</pre>`;
  const bold = /^\*(.*)\*$/.exec(object.text);
  return bold === null ? text(decoded(object.text)) : `<b>${text(decoded(bold[1] ?? ""))}</b>`;
}
