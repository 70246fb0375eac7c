import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sqliteOutbox } from "@countersign/outbox";
import { afterAll, describe, expect, test } from "vitest";
import { bundle } from "./bundle.ts";
import { afterPowerLoss, CALLS, type Operation, readTrace } from "./disk.ts";
import type { PowerOptions } from "./power-writer.ts";
import { randomFrom } from "./random.ts";
import { report, rounds } from "./report.ts";
import { open } from "./sqlite.ts";

const { count, seed, full } = rounds(1);
/** In each run the power is cut so often: the same run, at other moments. */
const CUTS = full ? 200 : 15;

/** Whether processes may be watched here. */
function canTrace(): boolean {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

interface Run {
  /** The file of the outbox. */
  readonly path: string;
  readonly ledger: string;
  readonly operations: readonly Operation[];
}

/** The latest, for the test of the check itself. */
let last: Run | undefined;
const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

/** Runs the writer, and reads what it asked of its disk. */
async function watch(program: string, of: number): Promise<Run> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-power-")));
  ends.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "outbox.db");
  const ledger = join(folder, "ledger");
  const options: PowerOptions = { path, ledger, seed: of, rounds: full ? 250 : 25 };
  const log = join(folder, "..", `${basename(folder)}.trace`);
  // The main thread's alone: it does all that SQLite does, and what it acknowledges is in one order with it.
  const args = ["-ff", "-y", "-xx", "-s", "1000000", "-e", `trace=${CALLS}`, "-e", "signal=none", "-o", log];
  const child = spawn("strace", [...args, process.execPath, program], {
    env: { ...process.env, POWER: JSON.stringify(options) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(0);
  const traces = execFileSync("sh", ["-c", `ls "${log}".*`], { encoding: "utf8" })
    .trim()
    .split("\n");
  ends.push(() => {
    for (const trace of traces) rmSync(trace);
  });
  const main = traces.find((trace) => readFileSync(trace, "latin1").includes("pwrite64("));
  return { path, ledger, operations: readTrace(main as string, folder) };
}

/** What was acknowledged before the cut and is not as it was: events that are gone, ends that are undone; and a damaged file. */
async function lostAfter({ path, ledger, operations }: Run, at: number, random: () => number, lies: boolean) {
  const before = operations.slice(0, at);
  const isLedger = (operation: Operation) => operation.path === ledger;
  const acknowledged = before
    .flatMap((operation) => (operation.kind === "write" && isLedger(operation) ? [operation.bytes.toString()] : []))
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ") as ["kept" | "done" | "dead", string]);
  const folder = mkdtempSync(join(tmpdir(), "countersign-cut-"));
  try {
    const disk = afterPowerLoss(
      before.filter((operation) => !isLedger(operation)),
      { random, lies },
    );
    for (const [file, contents] of disk) writeFileSync(join(folder, basename(file)), contents);
    const copy = join(folder, basename(path));
    const outbox = sqliteOutbox(copy);
    const connection = open(copy);
    const rows = connection.prepare("SELECT name, state FROM countersign_item").all() as {
      name: string;
      state: number;
    }[];
    const integrity = connection.prepare("PRAGMA integrity_check").get() as { integrity_check: string };
    connection.close();
    const event = { id: "after", generated: false, type: "t", severity: "info" as const, time: 0, data: "1" };
    const [placed] = await outbox.enqueue([{ event, placements: [{ endpoint: "e", generation: 1 }] }]);
    await outbox.close();
    const states = new Map(rows.map(({ name, state }) => [name, state]));
    const must = { kept: [0, 1, 2, 3], done: [3], dead: [2] };
    const lost = acknowledged.filter(([kind, id]) => !must[kind].includes(states.get(id) ?? -1));
    if (integrity.integrity_check !== "ok") lost.push(["kept", `the file: ${integrity.integrity_check}`]);
    if (placed?.[0]?.created !== true) lost.push(["kept", "the next event"]);
    return { lost: lost.map((line) => line.join(" ")), acknowledged: acknowledged.length };
  } catch (error) {
    return { lost: [String(error)], acknowledged: acknowledged.length };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// `npm run campaign -- power` has 10 runs with 200 cuts each.
describe.runIf(canTrace())("SQLite and a loss of power", { timeout: full ? 900_000 : 30_000 }, () => {
  test(`what was acknowledged is there, whatever the disk had not yet written: ${count} runs, ${CUTS} cuts each`, async () => {
    const program = await bundle("power-writer");
    ends.push(() => rmSync(program, { force: true }));
    const lost: string[] = [];
    let acknowledged = 0;
    let syncs = 0;
    for (let run = 0; run < count; run += 1) {
      const random = randomFrom(seed + run);
      const watched = await watch(program, seed + run);
      last = watched;
      syncs += watched.operations.filter(({ kind }) => kind === "sync").length;
      for (let cut = 0; cut < CUTS; cut += 1) {
        const at = Math.floor(random() * (watched.operations.length + 1));
        const found = await lostAfter(watched, at, random, false);
        acknowledged += found.acknowledged;
        lost.push(...found.lost.map((what) => `run ${run}, cut at ${at}: ${what}`));
      }
    }
    report(
      `power: ${count} runs, ${syncs} syncs, ${count * CUTS} cuts, ${acknowledged} acknowledgements looked for, ${lost.length} lost`,
    );
    expect(lost).toEqual([]);
    expect(acknowledged).toBeGreaterThan(50);
  });

  test("the check finds what a disk loses that only says it has synced", async () => {
    const random = randomFrom(seed);
    const lost: string[] = [];
    const { operations } = last as Run;
    for (let cut = 0; cut < 10; cut += 1) {
      const at = Math.floor(random() * (operations.length + 1));
      lost.push(...(await lostAfter(last as Run, at, random, true)).lost);
    }
    report(`power, a disk that lies: ${lost.length} lost in 10 cuts`);
    expect(lost.length).toBeGreaterThan(0);
  });
});

if (!canTrace()) test.skip("SQLite and a loss of power: left out, as strace is not here or may watch nobody", () => {});
