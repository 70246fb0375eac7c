/** Handlers that answer early and work later: `settle: "manual"`. */
import type { Delivery } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import express from "express";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { expressHarness } from "../adapters/express.ts";
import { fastifyHarness } from "../adapters/fastify.ts";
import type { Harness, Running } from "../adapters/harness.ts";
import { honoHarness } from "../adapters/hono.ts";
import { fetchHarness } from "../adapters/plain.ts";
import { CLIENTS, type ClientName, type Connected, clear, freshSpace } from "./clients.ts";
import { post, secret, signed } from "./kit.ts";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";
import { pause, until } from "./until.ts";

// Only a bound: a machine that others use too may be slow.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const HARNESSES: readonly Harness[] = [expressHarness("express", express), fastifyHarness, honoHarness, fetchHarness];
const SERVICES: readonly (readonly [ClientName, string, boolean])[] = [
  ["ioredis", REDIS_URL, await available("Redis", REDIS_URL)],
  ["pg", DATABASE_URL, await available("PostgreSQL", DATABASE_URL)],
];

const open: Running[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((running) => running.close()));
});

for (const [client, url, there] of SERVICES) {
  describe.runIf(there)(`settled by hand, over ${client}`, () => {
    const space = freshSpace();
    let connected: Promise<Connected> | undefined;
    afterAll(async () => {
      await (await connected)?.close();
      await clear(client, url, space);
    });

    async function start(harness: Harness, message: string, lease: string) {
      connected ??= CLIENTS[client](url, space);
      const { store } = await connected;
      const taken: Delivery<any>[] = [];
      const running = await harness.start({
        provider: tailscale,
        options: { secret, settle: "manual", replay: { store, lease } },
        handler({ delivery }) {
          taken.push(delivery);
          return { status: 202 };
        },
      });
      open.push(running);
      const request = await signed(message);
      const sent = () => post(request, running.port);
      return { taken, sent };
    }

    test.each(HARNESSES.map((harness) => [harness.name, harness] as const))(
      "%s: held while it works, let in again when released, remembered when committed",
      async (name, harness) => {
        const { taken, sent } = await start(harness, `hold ${name}`, "300ms");
        expect(await sent()).toBe(202);
        taken[0]?.hold();
        for (const since = performance.now(); performance.now() - since < 800; await pause(20))
          expect(await sent()).toBe(503);
        expect(await taken[0]?.release()).toBe(true);
        expect(await sent()).toBe(202);
        expect(await taken[1]?.extend()).toBe(true);
        expect(await taken[1]?.commit()).toBe(true);
        expect(await sent()).toBe(200);
        expect(taken).toHaveLength(2);
        expect(await taken[1]?.release()).toBe(false);
      },
    );

    test("one that is forgotten is let in again when its lease has ended", async () => {
      const { taken, sent } = await start(fetchHarness, "forgotten", "200ms");
      expect(await sent()).toBe(202);
      expect(await sent()).toBe(503);
      await until("its lease ends", async () => (await sent()) === 202);
      expect(await taken[0]?.commit()).toBe(false);
      expect(await taken[1]?.commit()).toBe(true);
      expect(await sent()).toBe(200);
    });
  });
}
