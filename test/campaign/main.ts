/** `npm run campaign -- --minutes 10`: the random properties with new seeds, round after round, until one finds something. */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../packed/pack.ts";
import { propertyFiles } from "./properties.ts";
import { readArguments, rounds } from "./rounds.ts";

/** A round takes about one minute; one that takes ten hangs, and has failed. */
const LONGEST_ROUND = 600_000;

const vitest = join(ROOT, "node_modules", ".bin", "vitest");
const files = propertyFiles().map((file) => join(ROOT, file));

async function run(seed: number): Promise<{ held: boolean; said: string }> {
  const env = { ...process.env, COUNTERSIGN_SEED: String(seed), NO_COLOR: "1" };
  const options = { cwd: ROOT, env, timeout: LONGEST_ROUND, maxBuffer: 64 * 1_048_576 };
  return promisify(execFile)(vitest, ["run", "--reporter=dot", ...files], options).then(
    () => ({ held: true, said: "" }),
    ({ message, stdout, stderr }) => ({ held: false, said: [message, stdout, stderr].filter(Boolean).join("\n") }),
  );
}

const held = await rounds({
  ...readArguments(process.argv.slice(2)),
  now: Date.now,
  draw: () => randomInt(2 ** 31),
  run,
  print: (line) => console.log(line),
});
process.exitCode = held ? 0 : 1;
