import { join } from "node:path";
import { expect, test } from "vitest";
import { pause, until } from "../replay/until.ts";
import { Fleet } from "./fleet.ts";
import { randomFrom } from "./random.ts";
import { report, rounds } from "./report.ts";
import { open } from "./sqlite.ts";

const { count, seed, full } = rounds(2);

// `npm run campaign -- keep-sqlite` kills 50 times, and waits out the leases.
test(`SQLite: no event that was accepted is lost when its process is killed, ${count} times`, {
  timeout: full ? 600_000 : 30_000,
}, async () => {
  let path = "";
  const fleet = new Fleet(randomFrom(seed), (folder) => {
    path = join(folder, "outbox.db");
    return { kind: "sqlite", path };
  });
  await fleet.start();
  const recoveries: number[] = [];
  try {
    for (let kill = 0; kill < count; kill += 1) {
      const began = performance.now();
      const arrived = fleet.arrivals.length;
      const name = await fleet.join(true);
      await until("a worker delivers", () => fleet.arrivals.length > arrived);
      recoveries.push(performance.now() - began);
      await fleet.sometime(20, full ? 800 : 300);
      await fleet.kill(name);
    }
    if (!full) endLeases(path);
    const began = performance.now();
    const left = fleet.missing().length;
    await fleet.join(false);
    await until("all that was accepted has arrived", () => fleet.missing().length === 0, full ? 120_000 : 10_000).catch(
      () => {},
    );
    const found = fleet.findings();
    report(`kill -9: ${count} times, ${found.accepted} events accepted, ${found.lost.length} lost`);
    report(
      `sent again after it was written down: ${found.again.length}; in the windows of the README: ${found.inWindow} (${found.stoodStill} by a frozen holder)`,
    );
    report(`out of order at the strict endpoint: ${found.outOfOrder.length}`);
    recoveries.sort((a, b) => a - b);
    const [middle, worst] = [recoveries[recoveries.length >> 1] ?? 0, recoveries.at(-1) ?? 0];
    report(`from start to first delivery: ${middle.toFixed(0)} ms median, ${worst.toFixed(0)} ms at most`);
    report(
      `${left} left at the last kill, the last of them there after ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
    expect(found.accepted).toBeGreaterThan(20);
    expect(found).toMatchObject({ lost: [], again: [], outOfOrder: [] });
  } finally {
    await fleet.end();
  }
});

/** As if the leases of what was in hand were over: a test does not wait for them. */
function endLeases(path: string): void {
  const connection = open(path);
  connection.exec("UPDATE countersign_item SET due = 0 WHERE state = 1");
  connection.close();
}

test("an outbox in memory loses events there: the check would find it", { timeout: 30_000 }, async () => {
  const fleet = new Fleet(randomFrom(seed), () => ({ kind: "memory" }));
  await fleet.start();
  try {
    let lost = 0;
    for (let kill = 0; kill < 5 && lost === 0; kill += 1) {
      const arrived = fleet.arrivals.length;
      const name = await fleet.join(true);
      await until("a worker delivers", () => fleet.arrivals.length > arrived + 20);
      await fleet.kill(name);
      await pause(50);
      lost = fleet.findings().lost.length;
    }
    expect(lost).toBeGreaterThan(0);
  } finally {
    await fleet.end();
  }
});
