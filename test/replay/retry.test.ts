/** The handler fails the first two times, behind every adapter and over every store. */
import { memoryReplayStore, type ReplayStore } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import express from "express";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { expressHarness } from "../adapters/express.ts";
import { fastifyHarness } from "../adapters/fastify.ts";
import type { Harness, Running } from "../adapters/harness.ts";
import { honoHarness } from "../adapters/hono.ts";
import { fetchHarness } from "../adapters/plain.ts";
import { CLIENTS, type ClientName, clear, freshSpace } from "./clients.ts";
import { post, secret, signed } from "./kit.ts";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";

// Only a bound: a machine that others use too may be slow.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const HARNESSES: readonly Harness[] = [expressHarness("express", express), fastifyHarness, honoHarness, fetchHarness];
const STORES: Readonly<Record<"memory" | ClientName, string | undefined>> = {
  memory: "",
  ioredis: (await available("Redis", REDIS_URL)) ? REDIS_URL : undefined,
  "node-redis": (await available("Redis", REDIS_URL)) ? REDIS_URL : undefined,
  pg: (await available("PostgreSQL", DATABASE_URL)) ? DATABASE_URL : undefined,
  "Postgres.js": (await available("PostgreSQL", DATABASE_URL)) ? DATABASE_URL : undefined,
};

const open: Running[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((running) => running.close()));
});

for (const [name, url] of Object.entries(STORES) as [keyof typeof STORES, string | undefined][]) {
  describe.runIf(url !== undefined)(`over ${name}`, () => {
    const space = freshSpace();
    let made: Promise<{ store: ReplayStore; close(): Promise<void> }> | undefined;
    const connect = () => {
      made ??=
        name === "memory"
          ? Promise.resolve({ store: memoryReplayStore(), close: async () => {} })
          : CLIENTS[name](url as string, space);
      return made;
    };
    afterAll(async () => {
      await (await connect()).close();
      if (name !== "memory") await clear(name, url as string, space);
    });

    test.each(HARNESSES.map((harness) => [harness.name, harness] as const))(
      "%s: what failed twice, by throwing and by its answer, is handled the third time",
      async (adapter, harness) => {
        const { store } = await connect();
        const failures: unknown[] = [];
        let runs = 0;
        const running = await harness.start({
          provider: tailscale,
          options: {
            secret,
            replay: { store, namespace: adapter, onFailure: (failure: unknown) => failures.push(failure) },
          },
          handler({ delivery }) {
            expect(delivery.duplicate).toBe(false);
            if (++runs === 1) throw new Error("the database is away");
            return { status: runs === 2 ? 500 : 204 };
          },
        });
        open.push(running);
        const request = await signed(adapter);
        const statuses: number[] = [];
        for (let i = 0; i < 5; i++) {
          statuses.push(await post(request, running.port));
        }
        expect(statuses).toEqual([500, 500, 204, 200, 200]);
        expect(runs).toBe(3);
        expect(failures).toEqual([]);
      },
    );
  });
}
