/** The README's five minutes, typed into one shell: each command prints what the README says that it does. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../packed/pack.ts";
import { BIN, closedPort, countersign, ENV, FOLDER } from "./command.ts";

const README = readFileSync(join(ROOT, "packages/cli/README.md"), "utf8");
const blocks = [...README.matchAll(/^```console\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);

interface Step {
  readonly typed: string;
  readonly printed: string;
}

/** `$ command`, with the lines of a here-document, and what it prints. */
function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const lines = text.trimEnd().split("\n");
      const end = lines[0]?.endsWith("<<'END'") ? lines.indexOf("END") : 0;
      return {
        typed: lines.slice(0, end + 1).join("\n"),
        printed: lines
          .slice(end + 1)
          .join("\n")
          .trim(),
      };
    });
}

/** What differs from one time to the next. */
const steady = (text: string) =>
  text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/^\d\d:\d\d:\d\d/gm, "TIME")
    .replace(/\d+ ms$/gm, "N ms")
    .replace(/[ \t\r]+$/gm, "")
    .trim();

test("the README's five minutes print what it says", async () => {
  const steps = blocks.flatMap(stepsOf);
  expect(steps.length).toBeGreaterThan(12);
  const bin = join(FOLDER, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "countersign"), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(join(bin, "countersign"), 0o755);
  const folder = join(FOLDER, "tour");
  mkdirSync(folder);
  const [listener, receiver] = [await closedPort(), await closedPort()];
  const ports = (text: string) => text.replaceAll("4040", String(listener)).replaceAll("3000", String(receiver));
  // Who types waits until it is up.
  const up = (port: number) => `until (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; do :; done`;
  const typedBy = (typed: string) => {
    const line = ports(typed).replace("listen ", `listen --port ${listener} `);
    return line.endsWith("&") ? `${line}\n${up(line.includes("listen") ? listener : receiver)}` : line;
  };
  const script = blocks.map((block, i) =>
    [`echo "<<${i}>>"`, ...stepsOf(block).map(({ typed }) => typedBy(typed))].join("\n"),
  );
  const printed = await new Promise<string>((resolve) => {
    const env = { ...ENV, PATH: `${bin}:${process.env.PATH}` };
    execFile("bash", ["-c", `exec 2>&1\n${script.join("\n")}`], { cwd: folder, env, timeout: 90_000 }, (_, stdout) =>
      resolve(stdout),
    );
  });
  const found = printed.split(/^<<\d+>>\n/m).slice(1);
  for (const [i, block] of blocks.entries()) {
    const lines = (text: string) =>
      steady(text)
        .split("\n")
        .filter((line) => line !== "")
        .sort();
    // What a background process prints comes between the lines of the others.
    expect(lines(found[i] ?? "")).toEqual(
      lines(
        ports(
          stepsOf(block)
            .map(({ printed }) => printed)
            .join("\n"),
        ),
      ),
    );
  }
}, 100_000);

test("its table of commands is the help's", async () => {
  const { stdout } = await countersign(["--help"]);
  const helped = [...stdout.matchAll(/^ {2}([a-z-]+(?: \S+)*?) {2,}\S/gm)].map(([, usage]) => usage);
  const documented = [...README.matchAll(/^\| `([a-z-]+[^`]*)` \|/gm)].map(([, usage = ""]) =>
    usage.replace("\\|", "|"),
  );
  expect(documented.sort()).toEqual(helped.sort());
});
