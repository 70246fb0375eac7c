import { Agent } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, type ClientName, clear, freshSpace } from "./clients.ts";
import { bundleMachine, insist, Machine } from "./fleet.ts";
import type { AdapterName } from "./harnesses.ts";
import { secret, signed } from "./kit.ts";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";
import { pause } from "./until.ts";

const ADAPTERS: readonly AdapterName[] = ["express", "fastify", "hono", "handle"];

interface Service {
  readonly name: string;
  readonly url: string;
  readonly clients: readonly [ClientName, ClientName];
  /** How many each of the eight is sent. What differs between the stores are the claims, and a few hundred meet. */
  readonly deliveries: number;
}
const SERVICES: readonly Service[] = [
  { name: "Redis", url: REDIS_URL, clients: ["ioredis", "node-redis"], deliveries: 400 },
  { name: "PostgreSQL", url: DATABASE_URL, clients: ["pg", "Postgres.js"], deliveries: 300 },
];

const machines: Machine[] = [];
const agent = new Agent({ connections: 16 });
let extra: Machine[] = [];

let program: Awaited<ReturnType<typeof bundleMachine>>;

beforeAll(async () => {
  program = await bundleMachine();
  for (let i = 0; i < 8; i++) machines.push(new Machine(program.file));
});
afterEach(async () => {
  await Promise.all(extra.map((machine) => machine.kill()));
  extra = [];
});
afterAll(async () => {
  await agent.destroy();
  await Promise.all(machines.map((machine) => machine.kill()));
  program.remove();
});

for (const { name, url, clients, deliveries } of SERVICES) {
  const there = await available(name, url);

  describe.runIf(there)(`on one ${name}`, () => {
    const spaces: string[] = [];
    const space = () => {
      const fresh = freshSpace();
      spaces.push(fresh);
      return fresh;
    };
    afterAll(async () => {
      for (const used of spaces) await clear(clients[0], url, used);
    });

    test(`8 processes are sent the same ${deliveries} deliveries at once: each is handled once`, async () => {
      const shared = { url, space: space(), secret, lease: "30s", mode: "count" } as const;
      await Promise.all(
        machines.map((machine, i) =>
          // Four adapters, each over both clients.
          machine.serve({ ...shared, adapter: ADAPTERS[i >> 1] as AdapterName, client: clients[i & 1] as ClientName }),
        ),
      );
      let cameAgain = 0;
      const ids = Array.from({ length: deliveries }, (_, i) => `delivery ${i}`);
      const waiting = ids.values();
      const sender = async () => {
        for (const id of waiting) {
          const request = await signed(id);
          const tries = await Promise.all(machines.map((machine) => insist(() => machine.post(request, agent))));
          cameAgain += tries.reduce((sum, again) => sum + again, 0);
        }
      };
      await Promise.all(Array.from({ length: 16 }, sender));

      const reports = await Promise.all(machines.map((machine) => machine.report()));
      const handled = reports.flatMap((report) => report.handled);
      expect(handled).toHaveLength(deliveries);
      expect(new Set(handled)).toEqual(new Set(ids));
      expect(reports.flatMap((report) => report.failures)).toEqual([]);
      // That they met: each was asked for by eight at once, and most had to come again.
      expect(cameAgain).toBeGreaterThan(100);
      expect(reports.filter((report) => report.handled.length > 0).length).toBeGreaterThan(1);
    }, 120_000);

    test.each(clients)(
      "a process that is killed between claim and commit: the retry is handled after the lease, over %s",
      async (client) => {
        const shared = { client, url, space: space(), secret, lease: "400ms" } as const;
        const doomed = new Machine(program.file);
        extra.push(doomed);
        await doomed.serve({ ...shared, adapter: "express", mode: "hang" });
        const [other] = machines as [Machine];
        await other.serve({ ...shared, adapter: "fastify", mode: "count" });

        const request = await signed("work");
        const first = doomed.post(request, agent).catch(() => "cut off");
        expect(await doomed.next("holds")).toEqual({ holds: "work" });
        // It is held for longer than its lease while the process lives.
        const since = performance.now();
        while (performance.now() - since < 900) {
          expect(await other.post(request, agent)).toBe(503);
          await pause(20);
        }

        await doomed.kill();
        expect(await first).toBe("cut off");
        const killed = performance.now();
        expect(await other.post(request, agent)).toBe(503);
        await insist(() => other.post(request, agent));
        expect(performance.now() - killed).toBeLessThan(5_000);
        expect((await other.report()).handled).toEqual(["work"]);
      },
      30_000,
    );

    test("a graceful shutdown settles what was begun", async () => {
      const [client] = clients;
      const used = space();
      const machine = new Machine(program.file);
      extra.push(machine);
      await machine.serve({ client, url, space: used, secret, lease: "30s", adapter: "express", mode: "hang" });
      const request = await signed("last work");
      // A connection that is kept open would hold the server's end up for as long as it is kept.
      const own = new Agent();
      const answer = machine.post(request, own);
      await machine.next("holds");
      machine.child.kill("SIGTERM");
      await machine.next("closing");
      machine.child.send("go on");
      expect(await answer).toBe(204);
      await own.close();
      await machine.next("closed");

      // Another process finds it done, not waiting for a lease.
      const [other] = machines as [Machine];
      await other.serve({ client, url, space: used, secret, lease: "30s", adapter: "hono", mode: "count" });
      expect(await other.post(request, agent)).toBe(200);
      expect((await other.report()).handled).toEqual([]);
    }, 30_000);
  });
}

test("the clients that the fleet uses are all that are supported", () => {
  expect(Object.keys(CLIENTS).sort()).toEqual(SERVICES.flatMap(({ clients }) => [...clients]).sort());
});
