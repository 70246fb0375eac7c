/** Redis and PostgreSQL frozen, stopped and crashed under load: services of the test's own, started on free ports. */
import { memoryReplayStore, type ReplayStore } from "@countersign/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLIENTS, type ClientName, type Connected, freshSpace } from "./clients.ts";
import { hasOwnPostgres, hasOwnRedis, type OwnService, ownPostgres, ownRedis } from "./services.ts";
import { Storm } from "./storm.ts";
import { until } from "./until.ts";

const rejections: unknown[] = [];
const onRejection = (reason: unknown) => void rejections.push(reason);
const closing: (() => Promise<void>)[] = [];

beforeEach(() => {
  rejections.length = 0;
  process.on("unhandledRejection", onRejection);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  process.removeListener("unhandledRejection", onRejection);
});

async function storm(client: ClientName, service: OwnService, lease = "2s"): Promise<Storm> {
  closing.push(() => service.destroy());
  const space = freshSpace();
  const machines: Connected[] = [];
  for (let i = 0; i < 3; i++) machines.push(await CLIENTS[client](service.url, space));
  closing.push(async () => void (await Promise.allSettled(machines.map((machine) => machine.close()))));
  return new Storm(
    machines.map(({ store }) => store),
    { lease, wait: "250ms" },
  );
}

async function throughOutages(storm: Storm, service: OwnService): Promise<void> {
  storm.start(8);
  await storm.works();
  service.freeze();
  await storm.suffers();
  service.thaw();
  await storm.works();
  await service.stop();
  await storm.suffers();
  await service.start();
  await storm.works();
  await service.crash();
  await service.start();
  await storm.works();
  await storm.stop();
  await storm.repeat();
}

async function survives(client: ClientName, service: OwnService): Promise<void> {
  const run = await storm(client, service);
  await throughOutages(run, service);
  const { book } = run;
  // Nothing is lost: all that was ever sent was handled, and all its senders have their 2xx.
  expect(book.acknowledged).toBe(run.count);
  expect(book.handled.size).toBe(run.count);
  expect(book.together).toEqual([]);
  expect(run.twice.filter((key) => !run.unacknowledged.has(key))).toEqual([]);
  expect(book.failures.filter(({ reason }) => reason === "forgotten")).toEqual([]);
  expect(book.statuses.get(503)).toBeGreaterThan(10);
  expect(rejections).toEqual([]);
}

describe("the storm sees what it looks for", () => {
  const machines = (store: ReplayStore, lease = "200ms") => new Storm([store, store, store], { lease, wait: "250ms" });
  const through = async (run: Storm) => {
    run.start(8);
    await run.works(100);
    await run.stop();
    await run.repeat();
    return run;
  };

  test("two holders of one claim, where extensions do nothing", async () => {
    const memory = memoryReplayStore();
    const run = await through(machines({ ...memory, extend: () => true }));
    expect(run.book.together.length).toBeGreaterThan(0);
  });

  test("handled twice with nothing told, where commits do nothing", async () => {
    const memory = memoryReplayStore();
    const run = await through(machines({ ...memory, commit: (key, token) => memory.release(key, token) }));
    expect(run.twice.filter((key) => !run.unacknowledged.has(key)).length).toBeGreaterThan(0);
  });

  test("and neither in a store that is right", async () => {
    const run = await through(machines(memoryReplayStore(), "5s")); // Longer than a busy machine stalls.
    expect(run.book.together).toEqual([]);
    expect(run.twice).toEqual([]);
    expect(run.book.handled.size).toBe(run.count);
  });
}, 30_000);

describe.runIf(hasOwnRedis())("Redis frozen, stopped and crashed under load", () => {
  test.each(["ioredis", "node-redis"] as const)(
    "%s: once, but for what was not acknowledged; nothing lost; recovers by itself",
    async (client) => survives(client, await ownRedis(true)),
    60_000,
  );

  test.each(["ioredis", "node-redis"] as const)(
    "%s: one that forgets everything is noticed and told",
    async (client) => {
      const service = await ownRedis(false);
      const run = await storm(client, service);
      run.start(8);
      await run.works();
      await service.crash();
      await service.start();
      const told = () => run.book.failures.some(({ reason }) => reason === "forgotten");
      await until("the loss is told", told);
      await run.works();
      await run.stop();
      const before = run.book.handled.size;
      await run.repeat();
      expect(before).toBe(run.count);
      expect(run.twice.length).toBeGreaterThan(0);
      expect(rejections).toEqual([]);
    },
    60_000,
  );
});

describe.runIf(hasOwnPostgres())("PostgreSQL frozen, stopped and crashed under load", () => {
  test.each(["pg", "Postgres.js"] as const)(
    "%s: once, but for what was not acknowledged; nothing lost; recovers by itself",
    async (client) => survives(client, await ownPostgres()),
    60_000,
  );
});
