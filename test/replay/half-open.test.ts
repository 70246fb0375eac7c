/** A connection that is half open: what is sent vanishes, and no answer ever comes. By a network that swallows everything. */
import { createVerifier, type StoreFailure } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { fakeClock } from "@countersign/core/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CLIENTS, type ClientName, type Connected, clear, freshSpace } from "./clients.ts";
import { secret, signed } from "./kit.ts";
import { Network } from "./network.ts";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";
import { until } from "./until.ts";

// Only a bound: a machine that others use too may be slow.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const SERVICES: readonly (readonly [ClientName, string, boolean])[] = [
  ["ioredis", REDIS_URL, await available("Redis", REDIS_URL)],
  ["node-redis", REDIS_URL, await available("Redis", REDIS_URL)],
  ["pg", DATABASE_URL, await available("PostgreSQL", DATABASE_URL)],
  ["Postgres.js", DATABASE_URL, await available("PostgreSQL", DATABASE_URL)],
];

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
});

for (const [client, url, there] of SERVICES) {
  describe.runIf(there)(`over ${client}`, () => {
    async function connect(patience?: number): Promise<Connected & { network: Network }> {
      const network = await Network.before(url);
      const space = freshSpace();
      closing.push(
        () => clear(client, url, space),
        () => network.close(),
      );
      const connected = await CLIENTS[client](network.url, space, patience);
      closing.push(() => connected.close().catch(() => {}));
      return { ...connected, network };
    }

    test("with the options that the page names it was 503 until a restart: it works again by itself", async () => {
      const { store, network } = await connect(400);
      const failures: StoreFailure[] = [];
      const onFailure = (failure: StoreFailure) => void failures.push(failure);
      const verifier = createVerifier(tailscale, { secret, log: false, replay: { store, wait: "200ms", onFailure } });
      await (await verifier.verify(await signed("before"))).commit();
      network.swallow();
      const request = await signed("meanwhile");
      await expect(verifier.verify(request)).rejects.toMatchObject({ code: "store_unavailable" });
      // New connections pass; the old one stays as it is.
      network.open();
      await until("it is handled", async () => {
        const delivery = await verifier.verify(request).catch(() => undefined);
        return delivery?.duplicate === false && delivery.commit();
      });
      await expect(verifier.verify(request)).rejects.toMatchObject({ code: "duplicate" });
      expect(failures[0]).toMatchObject({ operation: "claim", reason: "timeout" });
    });
  });
}

test.each([
  ["Redis", (clock: ReturnType<typeof fakeClock>) => redisReplayStore({ eval: () => never } as never, { clock })],
  ["PostgreSQL", (clock: ReturnType<typeof fakeClock>) => postgresReplayStore({ query: () => never }, { clock })],
] as const)(
  "a %s that never answers was waited for without an end: the store gives up, and says so once",
  async (name, make) => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const clock = fakeClock();
    const store = make(clock);
    const tries = [1, 2, 3].map((n) => Promise.resolve(store.claim(`${n}`, "t", 1_000)).catch((error) => error));
    await clock.advanceAsync(9_999);
    expect(printed).not.toHaveBeenCalled();
    await clock.advanceAsync(1);
    for (const error of await Promise.all(tries)) expect(error).toMatchObject({ code: "store_silent" });
    expect(printed.mock.calls).toEqual([[expect.stringMatching(`${name} has not answered .* half open`)]]);
  },
);

const never = new Promise<never>(() => {});
