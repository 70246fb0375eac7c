import { migratePostgresOutbox } from "@countersign/outbox/postgres";
import pg from "pg";
import { expect, test } from "vitest";
import { hasOwnPostgres, type OwnService, ownPostgres } from "../replay/services.ts";
import { pause, until } from "../replay/until.ts";
import { Fleet } from "./fleet.ts";
import { freshSchema, run } from "./postgres.ts";
import { randomFrom } from "./random.ts";
import { report, rounds } from "./report.ts";

const { count, seed, full } = rounds(2);
const WORKERS = full ? 3 : 2;

/** What may happen while events go out. */
type Fault = (fleet: Fleet, server: OwnService, schema: string) => Promise<void>;

const FAULTS: Readonly<Record<string, Fault>> = {
  async "kill -9 of a worker"(fleet, server, schema) {
    const name = fleet.pick(fleet.workers);
    await fleet.kill(name);
    await fleet.join(fleet.workers.length < 2 || fleet.pick([true, false]));
    await endLeases(server, schema);
  },
  async "a worker that stands still for longer than its leases"(fleet, server, schema) {
    const thaw = fleet.freeze(fleet.pick(fleet.workers));
    try {
      await endLeases(server, schema);
      await fleet.sometime(100, full ? 1_500 : 300);
    } finally {
      thaw();
    }
  },
  async "PostgreSQL crashes and comes back"(fleet, server) {
    await server.crash();
    await fleet.sometime(50, full ? 1_000 : 200);
    await server.start();
  },
  async "PostgreSQL stands still"(fleet, server) {
    server.freeze();
    await fleet.sometime(100, full ? 3_000 : 300);
    server.thaw();
  },
  async "PostgreSQL is restarted in good order"(_fleet, server) {
    await server.stop();
    await server.start();
  },
};

/** As if so much time had passed that every lease is over. */
function endLeases(server: OwnService, schema: string): Promise<unknown> {
  return run(server.url, `UPDATE ${schema}.outbox_item SET due = 0 WHERE state = 1`);
}

if (hasOwnPostgres()) {
  // `npm run campaign -- keep-postgres` has 50 faults.
  test(`PostgreSQL: nothing is lost, nor out of order, while workers and server die and stand still, ${count} times`, {
    timeout: full ? 900_000 : 60_000,
  }, async () => {
    const random = randomFrom(seed);
    const server = await ownPostgres();
    const schema = freshSchema();
    const pool = new pg.Pool({ connectionString: server.url });
    pool.on("error", () => {});
    await migratePostgresOutbox(pool, { schema });
    await pool.end();
    const fleet = new Fleet(random, () => ({ kind: "postgres", url: server.url, schema }));
    await fleet.start();
    const recoveries: number[] = [];
    const names = Object.keys(FAULTS);
    const happened = new Map<string, number>();
    try {
      await Promise.all(Array.from({ length: WORKERS }, (_, n) => fleet.join(n < 2)));
      for (let n = 0; n < count; n += 1) {
        await fleet.sometime(50, full ? 400 : 100);
        const name = n < names.length ? (names[(n + seed) % names.length] as string) : fleet.pick(names);
        happened.set(name, (happened.get(name) ?? 0) + 1);
        const began = performance.now();
        await (FAULTS[name] as Fault)(fleet, server, schema);
        const arrived = fleet.arrivals.length;
        await until(`after ${name} events arrive again`, () => fleet.arrivals.length > arrived, 60_000);
        recoveries.push(performance.now() - began);
      }
      await fleet.quiet();
      await endLeases(server, schema);
      await until("all that was accepted has arrived", () => fleet.missing().length === 0, 90_000).catch(() => {});
      await pause(200);
      const found = fleet.findings();
      report(`${count} faults: ${[...happened].map(([name, times]) => `${times} × ${name}`).join(", ")}`);
      report(`${found.accepted} events accepted, ${found.lost.length} lost, ${WORKERS} workers`);
      report(
        `sent again after it was written down: ${found.again.length}; in the windows of the README: ${found.inWindow} (${found.stoodStill} by a frozen holder, ${found.late} late by attempts that had no answer)`,
      );
      report(`out of order at the strict endpoint: ${found.outOfOrder.length}`);
      recoveries.sort((a, b) => a - b);
      const [middle, worst] = [recoveries[recoveries.length >> 1] ?? 0, recoveries.at(-1) ?? 0];
      report(`from the fault to the next delivery: ${middle.toFixed(0)} ms median, ${worst.toFixed(0)} ms at most`);
      expect(found.accepted).toBeGreaterThan(20);
      expect(found).toMatchObject({ lost: [], again: [], outOfOrder: [] });
    } finally {
      await fleet.end();
      await server.destroy();
    }
  });
}
