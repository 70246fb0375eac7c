import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteOutbox } from "@countersign/outbox";
import { postgresOutbox } from "@countersign/outbox/postgres";
import type { Outbox } from "@countersign/sender";
import pg from "pg";
import { expect, test } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { pause, until } from "../replay/until.ts";
import { bundle } from "./bundle.ts";
import type { HolderOptions } from "./holder.ts";
import { freshSchema, run } from "./postgres.ts";
import { report, rounds } from "./report.ts";

const { full } = rounds(0);
/** In a campaign the default. */
const lease = full ? undefined : "2s";
const SECONDS = full ? 15 : 2;

interface Place {
  readonly store: HolderOptions["store"];
  open(): Outbox<never>;
  remove(): Promise<unknown>;
}

const PLACES: Record<string, () => Promise<Place>> = {
  async SQLite() {
    const folder = mkdtempSync(join(tmpdir(), "countersign-recovery-"));
    const path = join(folder, "outbox.db");
    const open = () => sqliteOutbox(path, lease === undefined ? {} : { lease }) as Outbox<never>;
    return { store: { kind: "sqlite", path }, open, remove: async () => rmSync(folder, { recursive: true }) };
  },
};
if (await available("PostgreSQL", DATABASE_URL)) {
  PLACES["PostgreSQL"] = async () => {
    const schema = freshSchema();
    const pool = new pg.Pool({ connectionString: DATABASE_URL });
    const open = () => postgresOutbox(pool, { schema, ...(lease === undefined ? {} : { lease }) }) as Outbox<never>;
    const remove = () => pool.end().then(() => run(DATABASE_URL, `DROP SCHEMA ${schema} CASCADE`));
    return { store: { kind: "postgres", url: DATABASE_URL, schema }, open, remove };
  };
}

test.each(Object.entries(PLACES))(
  "%s: an attempt that takes longer than the lease is made once; what a killed process had in hand is free after the lease",
  { timeout: 120_000 },
  async (name, make) => {
    const place = await make();
    const outbox = place.open();
    const room = [{ endpoint: "a", generation: 1, limit: 10, lease: 90_000, order: "due" as const }];
    const mine = () => outbox.claim({ owner: "another", total: 10, room });
    const arrivals: string[] = [];
    const server = createServer((request) => void request.on("end", () => arrivals.push("")).resume());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const program = await bundle("holder");
    const options: HolderOptions = {
      store: place.store,
      target: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      ...(lease === undefined ? {} : { lease }),
    };
    let holder: ChildProcess | undefined;
    try {
      await outbox.stats();
      holder = fork(program, { env: { ...process.env, HOLDER: JSON.stringify(options) } });
      await until("its request has arrived", () => arrivals.length === 1, 20_000);
      const began = performance.now();
      while (performance.now() - began < 1_000 * SECONDS * 1.7) {
        expect(await mine()).toEqual([]);
        await pause(100);
      }
      expect(arrivals).toHaveLength(1);
      const exited = once(holder, "exit");
      holder.kill("SIGKILL");
      await exited;
      const killed = performance.now();
      await until("it is free", async () => (await mine()).length === 1, 30_000);
      const took = (performance.now() - killed) / 1_000;
      report(`recovery in ${name}: what a killed process had in hand was free after ${took.toFixed(1)} s`);
      expect(took).toBeLessThan(SECONDS + 3);
    } finally {
      holder?.kill("SIGKILL");
      await outbox.close();
      server.close().closeAllConnections();
      rmSync(program, { force: true });
      await place.remove();
    }
  },
);
