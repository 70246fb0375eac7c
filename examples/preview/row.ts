import { discord, googleChat, type Message, mattermost, render, slack } from "@countersign/chat";
import type { WebhookEvent } from "@countersign/core/event";
import { notifyDiscord, showDiscord } from "./discord.ts";
import { notifyGoogleChat, showGoogleChat } from "./google-chat.ts";
import { text } from "./html.ts";
import { notifyMattermost, showMattermost } from "./mattermost.ts";
import { notifySlack, showSlack } from "./slack.ts";

/** What a platform says of a payload. */
interface Shown {
  readonly phone: string;
  readonly channel: string;
  readonly payload: object;
  readonly cuts: readonly { readonly path: string; readonly removed: number }[];
}

interface Platform {
  readonly name: string;
  readonly style: string;
  /** What it writes beside an app's name. */
  readonly badge: string;
  readonly show: (messages: Message | readonly Message[]) => readonly Shown[];
}

/** A formatter, and what its platform shows of what it writes. */
function shower<Payload extends object>(
  format: {
    payloads: (messages: Message | readonly Message[]) => readonly { payload: Payload; cuts: Shown["cuts"] }[];
  },
  phone: (payload: Payload) => string,
  channel: (payload: Payload) => string,
): Platform["show"] {
  return (messages) =>
    format
      .payloads(messages)
      .map(({ payload, cuts }) => ({ phone: phone(payload), channel: channel(payload), payload, cuts }));
}

const PLATFORMS: readonly Platform[] = [
  { name: "Slack", style: "slack", badge: "APP", show: shower(slack(), notifySlack, showSlack) },
  {
    name: "Discord",
    style: "discord",
    badge: "APP",
    show: shower(discord(), notifyDiscord, showDiscord),
  },
  {
    name: "Mattermost",
    style: "mattermost",
    badge: "BOT",
    show: shower(mattermost(), notifyMattermost, showMattermost),
  },
  { name: "Google Chat", style: "google", badge: "App", show: shower(googleChat(), notifyGoogleChat, showGoogleChat) },
];

/** One event, as each of the four platforms would show it: on a phone, and in its channel. */
export function row(event: WebhookEvent): string {
  const messages = render(event);
  return `<div class="row">${PLATFORMS.map((platform) => cell(platform, platform.show(messages))).join("\n")}</div>`;
}

function cell({ name, style, badge }: Platform, shown: readonly Shown[]): string {
  const parts = shown.map(
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
