/** A store that hangs: services of the test's own, frozen, so that their connections stay open and answer nothing. */
import { createVerifier, defineReplayStore, type ReplayStore, type StoreFailure } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { CLIENTS, type ClientName, type Connected, freshSpace } from "./clients.ts";
import { secret, signed } from "./kit.ts";
import { hasOwnPostgres, hasOwnRedis, type OwnService, ownPostgres, ownRedis } from "./services.ts";
import { until } from "./until.ts";

// Only a bound: a machine that others use too may be slow.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** Tells how many operations wait for the store at once, at most. */
function watched(store: ReplayStore): { readonly store: ReplayStore; readonly most: () => number } {
  let waiting = 0;
  let most = 0;
  const watch = async <T>(answer: T | Promise<T>): Promise<T> => {
    most = Math.max(most, ++waiting);
    try {
      return await answer;
    } finally {
      waiting--;
    }
  };
  return {
    store: defineReplayStore({
      claim: (...given) => watch(store.claim(...given)),
      commit: (...given) => watch(store.commit(...given)),
      release: (...given) => watch(store.release(...given)),
      extend: (...given) => watch(store.extend(...given)),
    }),
    most: () => most,
  };
}

function suite(name: string, there: boolean, start: () => Promise<OwnService>, clients: readonly ClientName[]): void {
  describe.runIf(there)(`${name} that hangs`, () => {
    let service: OwnService;
    const connected: Connected[] = [];
    beforeAll(async () => {
      service = await start();
    }, 30_000);
    afterEach(async () => {
      service.thaw();
      await Promise.all(connected.splice(0).map(({ close }) => close()));
    });
    afterAll(() => service.destroy());

    async function connect(client: ClientName): Promise<ReplayStore> {
      const made = await CLIENTS[client](service.url, freshSpace());
      connected.push(made);
      // Connections and the table are there before it hangs.
      await made.store.claim("warm", "up", 1_000);
      return made.store;
    }

    test.each(clients)("%s: is waited for a bounded time, told, and its late claim is given back", async (client) => {
      const failures: StoreFailure[] = [];
      const onFailure = (failure: StoreFailure) => void failures.push(failure);
      const store = await connect(client);
      // The lease is longer than the test: only a release can let the retry in.
      const replay = { store, wait: "200ms", lease: "10m", onFailure };
      const verifier = createVerifier(tailscale, { secret, replay });
      const request = await signed("late");

      service.freeze();
      const since = performance.now();
      await expect(verifier.verify(request)).rejects.toMatchObject({ code: "store_unavailable", status: 503 });
      const took = performance.now() - since;
      expect(took).toBeGreaterThan(150);
      expect(took).toBeLessThan(2_000);
      expect(failures).toMatchObject([{ operation: "claim", reason: "timeout" }]);

      service.thaw();
      await until("the retry is let in", async () => {
        const delivery = await verifier.verify(request).catch(() => undefined);
        return delivery?.duplicate === false && delivery.commit();
      });
      await expect(verifier.verify(request)).rejects.toMatchObject({ code: "duplicate" });
    });

    test.each(clients)("%s: accepts where it was told to fail open, and tells that too", async (client) => {
      const failures: StoreFailure[] = [];
      const onFailure = (failure: StoreFailure) => void failures.push(failure);
      const store = await connect(client);
      const verifier = createVerifier(tailscale, {
        secret,
        onStoreFailure: "open",
        replay: { store, wait: "200ms", onFailure },
      });
      service.freeze();
      const delivery = await verifier.verify(await signed("open"));
      expect(delivery).toMatchObject({ duplicate: false, claimed: false });
      expect(await delivery.commit()).toBe(true);
      expect(failures).toMatchObject([{ operation: "claim", reason: "timeout" }]);
    });

    test.each(clients)(
      "%s: a commit that is not acknowledged delays the answer by no more than the wait, and is told",
      async (client) => {
        const failures: StoreFailure[] = [];
        const onFailure = (failure: StoreFailure) => void failures.push(failure);
        const store = await connect(client);
        const verifier = createVerifier(tailscale, { secret, replay: { store, wait: "200ms", onFailure } });
        const { url, method, headers, body } = await signed("commit");
        const since = performance.now();
        const response = await verifier.handle(
          new Request(url, { method, headers, body: Buffer.from(body).toString() }),
          () => {
            service.freeze();
          },
        );
        expect(response.status).toBe(204);
        expect(performance.now() - since).toBeLessThan(2_000);
        expect(failures).toMatchObject([{ operation: "commit", reason: "timeout" }]);
        service.thaw();
        // What was only late arrives after all.
        await until("it is remembered", async () =>
          verifier.verify({ url, method, headers, body }).then(
            () => false,
            (error) => error.code === "duplicate",
          ),
        );
      },
    );

    test.each(clients)("%s: collects no more than its backlog, and works again by itself", async (client) => {
      const failures: StoreFailure[] = [];
      const onFailure = (failure: StoreFailure) => void failures.push(failure);
      const { store, most } = watched(await connect(client));
      const verifier = createVerifier(tailscale, {
        secret,
        replay: { store, wait: "200ms", lease: "10m", backlog: 50, onFailure },
      });
      const requests = await Promise.all(Array.from({ length: 2_000 }, (_, i) => signed(`flood ${i}`)));
      service.freeze();
      const outcomes = await Promise.all(
        requests.map((request) => verifier.verify(request).catch((error) => error.code)),
      );
      expect(new Set(outcomes)).toEqual(new Set(["store_unavailable"]));
      expect(failures.filter(({ reason }) => reason === "timeout")).toHaveLength(50);
      expect(failures.filter(({ reason }) => reason === "overload")).toHaveLength(1_950);
      expect(most()).toBeLessThanOrEqual(50);

      service.thaw();
      let handled = 0;
      for (const request of requests.slice(0, 200)) {
        await until("every one is let in", async () => {
          const delivery = await verifier.verify(request).catch(() => undefined);
          if (delivery?.duplicate !== false) return false;
          handled++;
          return delivery.commit();
        });
      }
      expect(handled).toBe(200);
    });
  });
}

suite("a Redis", hasOwnRedis(), () => ownRedis(true), ["ioredis", "node-redis"]);
suite("a PostgreSQL", hasOwnPostgres(), ownPostgres, ["pg", "Postgres.js"]);
