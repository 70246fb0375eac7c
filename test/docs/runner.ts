/** Runs examples one after the other and appends to a file, its first argument, what became of each: a line of JSON. */
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { format } from "node:util";

const TIMEOUT = 10_000;

let printed: string[] = [];
let failed: ((error: unknown) => void) | undefined;
console.log = (...args: unknown[]) => void printed.push(...format(...args).split("\n"));
process.on("unhandledRejection", (error) => failed?.(error));
process.on("uncaughtException", (error) => failed?.(error));
Object.assign(globalThis, { claim: (actual: unknown, expected: unknown) => assert.deepEqual(actual, expected) });

const [report = "", ...files] = process.argv.slice(2);
for (const file of files) {
  printed = [];
  const error = await new Promise<unknown>((resolve) => {
    failed = (thrown) => resolve(thrown ?? "threw nothing");
    const late = setTimeout(() => resolve(`has not ended within ${TIMEOUT / 1000} s`), TIMEOUT);
    import(file).then(() => resolve(undefined), resolve).finally(() => clearTimeout(late));
  });
  const text = error instanceof Error ? (error.stack ?? error.message) : error;
  appendFileSync(report, `${JSON.stringify({ file, printed, error: text })}\n`);
}
// Some examples leave a server or a client behind, as examples do.
process.exit(0);
