import { discord, googleChat, mattermost, render, slack } from "@countersign/chat";
import { showDiscord } from "./discord.ts";
import { samples } from "./events.ts";
import { showGoogleChat } from "./google-chat.ts";
import { text } from "./html.ts";
import { showMattermost } from "./mattermost.ts";
import { showSlack } from "./slack.ts";

const toSlack = slack();
const toDiscord = discord();
const toMattermost = mattermost();
const toGoogleChat = googleChat();

/** The whole page: each sample, as each of the four platforms would show its payload. */
export function build(): string {
  const rows = samples.map(({ title, event }) => {
    const messages = render(event);
    const cells = [
      cell("Slack", "slack", showSlack(toSlack(messages)), toSlack(messages)),
      cell("Discord", "discord", showDiscord(toDiscord(messages)), toDiscord(messages)),
      cell("Mattermost", "mattermost", showMattermost(toMattermost(messages)), toMattermost(messages)),
      cell("Google Chat", "google", showGoogleChat(toGoogleChat(messages)), toGoogleChat(messages)),
    ];
    return `<h2>${text(title)}</h2><div class="row">${cells.join("\n")}</div>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>countersign: chat preview</title>
<style>${STYLE}</style><h1>One event, four platforms</h1>
<p>Drawn from the payloads, roughly as each platform would draw them. Point at a link to see where it leads.</p>
${rows.join("\n")}
<script>for (const time of document.querySelectorAll("time")) time.textContent = new Date(time.dataset.unix * 1000).toLocaleString();</script>
</html>\n`;
}

function cell(name: string, style: string, shown: string, payload: object): string {
  const json = text(JSON.stringify(payload, null, 2)).replace(/<br>/g, "\n");
  return `<section class="${style}"><h4>${name}</h4>${shown}<details><summary>payload</summary><pre>${json}</pre></details></section>`;
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; background: #f4f4f5; color: #1d1c1d }
.row { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1rem; align-items: start }
section { background: #fff; border-radius: 8px; padding: .75rem 1rem; overflow-wrap: anywhere; box-shadow: 0 1px 3px #0002 }
h2 { margin: 2rem 0 .5rem } h3 { margin: .3rem 0; font-size: 1.05em } h4 { margin: 0 0 .5rem; color: #888; font-weight: 500 }
p { margin: .4rem 0 } .small { color: #777; font-size: .85em } .notice { color: #777; font-size: .8em; max-height: 4.2em; overflow: hidden; margin-bottom: .4rem }
.bar { border-left: 4px solid; border-radius: 4px; padding: .2rem .7rem; margin: .5rem 0 } .card { border: 1px solid #ddd; border-radius: 8px; padding: .6rem .8rem }
.grid { display: grid; grid-template-columns: 1fr 1fr; gap: .3rem .8rem; margin: .4rem 0 } .three { grid-template-columns: 1fr 1fr 1fr } .wide { grid-column: 1 / -1 }
.button { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: .15rem .6rem; text-decoration: none; color: inherit; font-weight: 500 }
pre { background: #8881; border-radius: 4px; padding: .5rem; overflow: auto; font-size: .85em; max-height: 22em } hr { border: 0; border-top: 1px solid #ddd }
.discord { background: #313338; color: #dbdee1 } .discord .bar { background: #2b2d31 } .discord a { color: #00a8fc } details { margin-top: .6rem; color: #999 }
@media (max-width: 1100px) { .row { grid-template-columns: 1fr 1fr } }
`;
