import type { DiscordEmbed, DiscordPayload } from "@countersign/chat";
import { link, markdown, text, time } from "./html.ts";

/** A Discord payload as a channel shows it: content above, embeds beside their bars. */
export function showDiscord(payload: DiscordPayload): string {
  const content = payload.content === undefined ? "" : `<p>${markdown(payload.content)}</p>`;
  return content + payload.embeds.map(embed).join("");
}

function embed({ title, url, description, color, fields = [], footer, timestamp }: DiscordEmbed): string {
  const heading = markdown(title);
  const facts = fields.map(
    ({ name, value, inline }) =>
      `<div class="${inline ? "" : "wide"}"><b>${markdown(name)}</b><br>${shown(value)}</div>`,
  );
  const when = timestamp === undefined ? "" : time(Date.parse(timestamp) / 1000);
  const below = [footer === undefined ? "" : text(footer.text), when].filter((part) => part !== "").join(" • ");
  return `<div class="bar" style="border-color:#${color.toString(16).padStart(6, "0")}">
<h3>${url === undefined ? heading : link(heading, url)}</h3>
${description === undefined ? "" : `<div>${markdown(description)}</div>`}
${facts.length === 0 ? "" : `<div class="grid three">${facts.join("")}</div>`}
${below === "" ? "" : `<p class="small">${below}</p>`}</div>`;
}

function shown(value: string): string {
  const date = /^<t:(\d+):f>$/.exec(value);
  return date === null ? markdown(value) : time(Number(date[1]));
}
