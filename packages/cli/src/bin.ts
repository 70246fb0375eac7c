#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { run } from "./command-line/run.ts";
import { commands } from "./commands/table.ts";

const home = new URL("../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", home), "utf8")) as {
  version: string;
};

// The first Ctrl-C ends tidily, the second at once.
const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
}

const { env, stdin, stdout, stderr } = process;
const code = await run(commands, process.argv.slice(2), {
  env,
  stdin,
  stdout,
  stderr,
  version,
  now: Date.now,
  file: (path) => readFileSync(path, "utf8"),
  signal: interrupt.signal,
  home,
});

// What is still open (a request, standard input) must not hold back who pressed Ctrl-C.
if (interrupt.signal.aborted) process.exit(code);
process.exitCode = code;
// Nor may a receiver or a store that is still open, where the command has failed.
if (code > 1) process.stderr.write("", () => process.exit(code));
