/**
 * `npm run campaign -- --minutes 10`: the random properties with new seeds, round after round, until one finds something.
 * `npm run campaign -- plans`: how PostgreSQL finds its rows among a million.
 * `npm run campaign -- fleet --deliveries 20000`: processes that are killed, on a Redis and a PostgreSQL that are taken away.
 * `npm run campaign -- keep-sqlite --kills 50`, `keep-postgres`, `keep-inbox`: processes that are killed, and what their outboxes kept.
 * `npm run campaign -- power --kills 10`: what a disk may have kept when the power fails, for a SQLite outbox at work.
 * `npm run campaign -- tenants --endpoints 10000`: a sender with ten times as many endpoints as descriptors.
 * `npm run campaign -- simulation --schedules 100000`: replay protection on simulated machines, one round of so many.
 */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../packed/pack.ts";
import { besiege } from "./fleet.ts";
import { propertyFiles } from "./properties.ts";
import { readArguments, rounds } from "./rounds.ts";

/** A round takes about one minute; one that takes ten hangs, and has failed. */
const LONGEST_ROUND = 600_000;

/** A schedule takes a few milliseconds. */
const LONGEST_SCHEDULE = 100;

const { name, schedules, deliveries, kills, endpoints, minutes, seed: only } = readArguments(process.argv.slice(2));
const SIZES = {
  properties: "",
  simulation: ` --schedules ${schedules}`,
  plans: "",
  fleet: ` --deliveries ${deliveries}`,
  "keep-inbox": ` --kills ${kills}`,
  "keep-sqlite": ` --kills ${kills}`,
  "keep-postgres": ` --kills ${kills}`,
  power: ` --kills ${kills}`,
  tenants: ` --endpoints ${endpoints}`,
};
const vitest = join(ROOT, "node_modules", ".bin", "vitest");
const FILES = {
  properties: propertyFiles(),
  simulation: ["test/replay/simulation.test.ts"],
  plans: ["test/replay/plans.test.ts"],
  "keep-inbox": ["test/outbox/keep-inbox.test.ts", "test/outbox/inbox-transaction.test.ts"],
  "keep-sqlite": ["test/outbox/keep-sqlite.test.ts", "test/outbox/rows-sqlite.test.ts", "test/outbox/recovery.test.ts"],
  "keep-postgres": ["test/outbox/keep-postgres.test.ts", "test/outbox/rows-postgres.test.ts"],
  power: ["test/outbox/power.test.ts"],
  tenants: ["test/sender/tenants.test.ts"],
};

async function run(seed: number): Promise<{ held: boolean; said: string }> {
  return name === "fleet" ? besiege(deliveries, seed, (line) => console.log(line)) : runTests(FILES[name], seed);
}

async function runTests(files: readonly string[], seed: number): Promise<{ held: boolean; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-campaign-"));
  const results = join(folder, "results");
  const env = {
    ...process.env,
    COUNTERSIGN_SEED: String(seed),
    COUNTERSIGN_SCHEDULES: String(schedules),
    COUNTERSIGN_REPORT: results,
    ...(name.startsWith("keep-") || name === "power" ? { COUNTERSIGN_KILLS: String(kills) } : {}),
    ...(name === "tenants" ? { COUNTERSIGN_TENANTS: String(endpoints) } : {}),
    NO_COLOR: "1",
  };
  const timeout = name === "properties" ? LONGEST_ROUND : LONGEST_ROUND + schedules * LONGEST_SCHEDULE;
  const options = { cwd: ROOT, env, timeout, maxBuffer: 64 * 1_048_576 };
  const paths = files.map((file) => join(ROOT, file));
  const round = await promisify(execFile)(vitest, ["run", "--reporter=dot", ...paths], options).then(
    () => ({ held: true, said: "" }),
    ({ message, stdout, stderr }) => ({ held: false, said: [message, stdout, stderr].filter(Boolean).join("\n") }),
  );
  if (existsSync(results)) console.log(readFileSync(results, "utf8").trimEnd());
  rmSync(folder, { recursive: true });
  return round;
}

const held = await rounds({
  minutes: name === "properties" ? minutes : 0,
  ...(only === undefined ? {} : { seed: only }),
  now: Date.now,
  draw: () => randomInt(2 ** 31),
  run,
  print: (line) => console.log(line),
  again: `npm run campaign -- ${name}${SIZES[name]}`,
});
process.exitCode = held ? 0 : 1;
