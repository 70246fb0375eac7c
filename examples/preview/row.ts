import { type PlatformPreview, previewChats } from "@countersign/chat/preview";
import type { WebhookEvent } from "@countersign/core/event";
import { text } from "./html.ts";

/** One event, as each of the four platforms would show it: on a phone, and in its channel. */
export function row(event: WebhookEvent): string {
  return `<div class="row">${previewChats(event).map(cell).join("\n")}</div>`;
}

function cell({ name, style, badge, messages }: PlatformPreview): string {
  const parts = messages.map(
    ({ phone, channel, payload, cuts }) => `<div class="phone"><div class="push">${PICTURE}<div>
<p class="from"><b>${name}</b> <span>now</span></p><div class="words">${phone}</div></div></div></div>
<div class="post">${PICTURE}<div class="said"><p class="who"><b>countersign</b> <span class="badge">${badge}</span> <span class="small">17:59</span></p>
${channel}</div></div>
<details><summary>payload${cuts.length === 0 ? "" : `, ${cuts.length} cut${cuts.length === 1 ? "" : "s"}`}</summary>
${cuts.length === 0 ? "" : `<pre>${lines(cuts)}</pre>`}<pre>${lines(payload)}</pre></details>`,
  );
  return `<section class="${style}"><h4>${name}</h4>${parts.join("")}</section>`;
}

const lines = (value: unknown) => text(JSON.stringify(value, null, 2)).replace(/<br>/g, "\n");

/** The app's own picture: a signature and its counter-signature. */
const PICTURE =
  '<svg class="picture" viewBox="0 0 36 36" aria-hidden="true"><rect width="36" height="36" fill="#3b4cca"/><path d="M9 19l6 6 12-14" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>';
