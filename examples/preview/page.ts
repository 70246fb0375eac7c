import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { samples } from "./events.ts";
import { text } from "./html.ts";
import { row } from "./row.ts";

const beside = (name: string) => new URL(name, import.meta.url);

/** The whole page: each sample as each of the four platforms would show its payload, and a place for your own. */
export function build(): string {
  const rows = samples.map(({ title, event }) => `<h2>${text(title)}</h2>${row(event)}`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>countersign: chat preview</title>
<style>${readFileSync(beside("page.css"), "utf8")}</style>
<header><h1>One event, four platforms</h1>
<p>Drawn from the payloads, roughly as each platform would draw them: on a phone, then in the channel. Point at a link to see where it leads. What a platform's grammar reads into an event's text has a red frame: there must be none.</p>
<label>Theme <select id="theme"><option value="light dark">as the system</option><option>light</option><option>dark</option></select></label>
<label for="own">Your own JSON, an event or what a system sent; it stays in this page</label>
<textarea id="own" rows="5" spellcheck="false" placeholder='{ "type": "backup.finished", "severity": "warn", "data": { "message": "Finished with warnings." } }'></textarea>
<div id="shown"></div></header>
${rows.join("\n")}
<script>${script()}</script>
</html>\n`;
}

/** The formatters and the page's own script, for a browser. */
function script(): string {
  const { outputFiles } = buildSync({
    entryPoints: [beside("client.ts").pathname],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
  });
  // Inside of an element nothing but its end is looked for.
  return (outputFiles[0]?.text ?? "").replace(/<\/(?=script)/gi, "<\\/");
}
