import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { expect, test } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { pause, until } from "../replay/until.ts";
import { bundle } from "./bundle.ts";
import { freshSchema, run } from "./postgres.ts";
import { randomFrom } from "./random.ts";
import type { ReceiverOptions } from "./receiver.ts";
import { report, rounds } from "./report.ts";
import type { StoreOptions } from "./worker.ts";

const { count, seed, full } = rounds(2);
const secret = "tskey-webhook-keep";
const schema = freshSchema();

const STORES: Record<string, (folder: string) => StoreOptions> = {
  SQLite: (folder) => ({ kind: "sqlite", path: join(folder, "inbox.db") }),
};
if (await available("PostgreSQL", DATABASE_URL)) {
  STORES["PostgreSQL"] = () => ({ kind: "postgres", url: DATABASE_URL, schema });
}

/** Posts deliveries until it is stopped; each until it is acknowledged, as a provider does. */
function provider(portOf: () => number) {
  const acknowledged: string[] = [];
  let stopped = false;
  const line = async (name: number) => {
    for (let n = 0; !stopped; n += 1) {
      const message = `m${name}-${n}`;
      const payload = [{ timestamp: "", version: 1, type: "test", tailnet: "t", message }];
      const { headers, body } = await signedRequest(tailscale, { secret, payload } as never);
      for (let status = 0; status !== 200 && !stopped; ) {
        const url = `http://127.0.0.1:${portOf()}/`;
        status = await fetch(url, { method: "POST", headers, body: Buffer.from(body).toString() }).then(
          (response) => response.status,
          () => 0,
        );
        if (status === 200) acknowledged.push(message);
        else await pause(10);
      }
    }
  };
  const lines = [1, 2, 3, 4].map(line);
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await Promise.all(lines);
    },
  };
}

// `npm run campaign -- keep-inbox` kills 50 times.
test.each(Object.entries(STORES))(
  `an inbox in %s: what was acknowledged is handled, though its process is killed ${count} times`,
  {
    timeout: full ? 600_000 : 60_000,
  },
  async (name, storeIn) => {
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(tmpdir(), "countersign-keep-"));
    const ledger = join(folder, "ledger");
    const options: ReceiverOptions = { store: storeIn(folder), ledger, secret };
    const program = await bundle("receiver");
    let port = 0;
    const start = async (): Promise<ChildProcess> => {
      const child = fork(program, { env: { ...process.env, RECEIVER: JSON.stringify(options) } });
      [{ port }] = (await once(child, "message")) as [{ port: number }];
      return child;
    };
    const handled = () => readFileSync(ledger, "utf8").split("\n").filter(Boolean);
    let child = await start();
    const sending = provider(() => port);
    try {
      for (let kill = 0; kill < count; kill += 1) {
        await until("something is acknowledged", () => sending.acknowledged.length > 10 * kill);
        await pause(20 + random() * (full ? 500 : 200));
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
        child = await start();
      }
      await sending.stop();
      const began = performance.now();
      const missing = () => {
        const seen = new Set(handled());
        return sending.acknowledged.filter((message) => !seen.has(message));
      };
      await until("all is handled", () => missing().length === 0, 30_000).catch(() => {});
      const all = handled();
      const again = all.length - new Set(all).size;
      report(`inbox in ${name}: ${count} kills, ${sending.acknowledged.length} acknowledged, ${missing().length} lost`);
      report(
        `handled again: ${again}; the last was handled ${((performance.now() - began) / 1000).toFixed(1)} s after the end`,
      );
      expect(missing()).toEqual([]);
      // Only what was in hand at a kill: eight at a time.
      expect(again).toBeLessThanOrEqual(8 * count);
      expect(sending.acknowledged.length).toBeGreaterThan(10);
    } finally {
      await sending.stop();
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true });
      rmSync(program, { force: true });
      if (options.store.kind === "postgres") await run(DATABASE_URL, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    }
  },
);
