import { createRequire } from "node:module";
import { slack } from "@countersign/chat";
import fc from "fast-check";
import ts from "typescript5";
import { expect, test } from "vitest";
import { messages } from "./corpus.ts";
import { context } from "./platforms.ts";
import { tailscaleEvents } from "./tailscale-events.ts";

const TYPES = createRequire(import.meta.url)
  .resolve("@slack/types")
  .replace(/index\.js$/, "index.d.ts");
const FILE = "/payloads.ts";

/** What Slack's own types say about payloads written as literals, so that a key too many is an error too. */
function complaints(bodies: readonly string[]): string[] {
  const text = [
    `import type { KnownBlock, MessageAttachment } from ${JSON.stringify(TYPES.replace(/\.d\.ts$/, ""))};`,
    "interface Payload { text: string; blocks: KnownBlock[]; attachments?: MessageAttachment[]; thread_ts?: string;",
    "  unfurl_links: boolean; unfurl_media: boolean }",
    `export const all: Payload[] = [\n${bodies.join(",\n")}\n];`,
  ].join("\n");
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.CommonJS, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) =>
    name === FILE ? ts.createSourceFile(name, text, version) : getSourceFile.call(host, name, version);
  host.fileExists = (name) => name === FILE || fileExists.call(host, name);
  const program = ts.createProgram([FILE], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("a payload is not what @slack/types says: events, hostile messages, with and without the colour bar", () => {
  const formats = [slack(), slack({ colorBar: true, thread: "1663782000.123456" })];
  const samples = fc.sample(messages, { numRuns: 60 });
  const bodies = formats.flatMap((format) => [
    ...format.messages([{ type: "tailscale", data: tailscaleEvents }], context).map(({ body }) => body),
    ...samples.map((given) => JSON.stringify(format(given))),
  ]);
  expect(complaints(bodies)).toEqual([]);
}, 60_000);

test("and its types would tell", () => {
  const body = JSON.stringify(slack()({ title: "t", text: "x" }));
  expect(complaints([body.replace("rich_text_section", "rich_text_paragraph")])).not.toEqual([]);
  expect(complaints([body.replace('"elements"', '"element"')])).not.toEqual([]);
}, 60_000);
