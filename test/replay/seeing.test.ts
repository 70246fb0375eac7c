/** What an operator can see and do: the notices of every claim, what a store knows of an id, and a deliberate rerun. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  createVerifier,
  defineReplayStore,
  type InspectableReplayStore,
  memoryReplayStore,
  type ReplayNotice,
  replayKeyOf,
  type StoreFailure,
  sign,
} from "@countersign/core";
import { standardWebhooks, tailscale, tappass } from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLIENTS, type ClientName, type Connected, clear, freshSpace } from "./clients.ts";
import { secret, signed } from "./kit.ts";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";
import { until } from "./until.ts";

const own = "whsec_c2VlaW5nIGlzIGJlbGlldmluZw==";
const START = Date.UTC(2026, 0, 15, 12);

async function request(id: string, body: string, at = Date.now()) {
  return { headers: await sign(standardWebhooks, { secret: own, id, body, timestamp: new Date(at) }), body };
}

describe("notices", () => {
  const heard: ReplayNotice[] = [];
  const hear = (notice: unknown) => void heard.push(notice as ReplayNotice);
  beforeEach(() => {
    heard.length = 0;
    subscribe("countersign:replay", hear);
  });
  afterEach(() => void unsubscribe("countersign:replay", hear));

  function set() {
    const clock = fakeClock(START);
    const store = memoryReplayStore({ clock });
    const options = { secret, log: false as const, clock, replay: { store, lease: "60s" } };
    return { clock, store, verifier: createVerifier(tailscale, options) };
  }
  const said = () => heard.map(({ what, age, held }) => [what, age, held]);

  test("a duplicate that was answered 200 left no trace: each claim tells what became of it, its age, and how many are held", async () => {
    const { clock, verifier } = set();
    const first = await verifier.verify(await signed("one", START));
    clock.advance(500);
    const second = await verifier.verify(await signed("two", START));
    await expect(verifier.verify(await signed("two", START))).rejects.toMatchObject({ code: "in_progress" });
    clock.advance(1_500);
    await first.commit();
    await second.release();
    await expect(verifier.verify(await signed("one", START))).rejects.toMatchObject({ code: "duplicate" });
    expect(said()).toEqual([
      ["claimed", 0, 1],
      ["claimed", 0, 2],
      ["busy", undefined, 2],
      ["committed", 2_000, 1],
      ["released", 1_500, 0],
      ["duplicate", undefined, 0],
    ]);
    expect(heard[0]?.key).toMatch(/^tailscale:c:/);
    expect(heard[5]?.key).toBe(heard[0]?.key);
  });

  test("a handler that hangs was seen by nobody: its claim tells its age at each extension, and that it was given up", async () => {
    const { clock, verifier } = set();
    (await verifier.verify(await signed("hangs", START))).hold();
    await clock.advanceAsync(3_700_000);
    const ages = heard.filter(({ what }) => what === "extended").map(({ age }) => age as number);
    expect(ages.length).toBeGreaterThan(100);
    expect(ages.at(-1)).toBeGreaterThan(3_500_000);
    expect(said().at(-1)).toMatchObject(["expired", expect.any(Number), 0]);
  });

  test("a lease that ran out is told", async () => {
    const { clock, store, verifier } = set();
    const delivery = await verifier.verify(await signed("late", START));
    clock.advance(60_001);
    const other = createVerifier(tailscale, { secret, clock, replay: store });
    await (await other.verify(await signed("late", START))).commit();
    expect(await delivery.commit()).toBe(false);
    expect(said().at(-1)).toEqual(["lost", 60_001, 0]);
  });
});

const SERVICES: readonly (readonly ["memory" | ClientName, string, boolean])[] = [
  ["memory", "", true],
  ["ioredis", REDIS_URL, await available("Redis", REDIS_URL)],
  ["pg", DATABASE_URL, await available("PostgreSQL", DATABASE_URL)],
];

for (const [name, url, there] of SERVICES) {
  describe.runIf(there)(`over ${name}`, async () => {
    const space = freshSpace();
    const connected: Pick<Connected, "store" | "close"> =
      name === "memory" || !there
        ? { store: memoryReplayStore(), close: async () => {} }
        : await CLIENTS[name](url, space);
    const store = connected.store as InspectableReplayStore;
    afterAll(async () => {
      await connected.close();
      if (name !== "memory") await clear(name, url, space);
    });

    test("was msg_42 handled, and when? And once more, please", async () => {
      const verifier = createVerifier(standardWebhooks, { secret: own, replay: { store, namespace: "billing" } });
      const key = await replayKeyOf(standardWebhooks, "msg_42", { namespace: "billing" });
      expect(await store.inspect(key)).toBeUndefined();
      const sent = await request("msg_42", "{}");
      const delivery = await verifier.verify(sent);
      expect(await store.inspect(key)).toMatchObject({ state: "claimed" });
      await delivery.commit();
      const known = await store.inspect(key);
      expect(known?.state).toBe("done");
      expect(Math.abs(Number(known?.at) - Date.now())).toBeLessThan(60_000);
      await expect(verifier.verify(sent)).rejects.toMatchObject({ code: "duplicate" });
      expect(await store.inspect(await replayKeyOf(standardWebhooks, "msg_42"))).toBeUndefined();
      expect(await store.forget(key)).toBe(true);
      expect(await (await verifier.verify(sent)).commit()).toBe(true);
    });

    test("a key from a report leads to the same place", async () => {
      const verifier = createVerifier(tailscale, { secret, replay: store });
      const delivery = await verifier.verify(await signed(`reported ${space}`));
      const key = await replayKeyOf(tailscale, { reported: delivery.key as string });
      expect(await store.inspect(key)).toMatchObject({ state: "claimed" });
      await expect(replayKeyOf(standardWebhooks, { reported: delivery.key as string })).rejects.toMatchObject({
        code: "invalid_option",
      });
    });

    test("one id with two bodies was a silent duplicate: it is reported, and a retry of the same body is not", async () => {
      const failures: StoreFailure[] = [];
      const replay = { store, namespace: space, onFailure: (failure: StoreFailure) => void failures.push(failure) };
      const verifier = createVerifier(standardWebhooks, { secret: own, replay });
      const delivery = await verifier.verify(await request("msg_1", '{"type":"first"}'));
      // Signed anew a second later, as a retry is.
      const retry = await request("msg_1", '{"type":"first"}', Date.now() + 1_000);
      await expect(verifier.verify(retry)).rejects.toMatchObject({ code: "in_progress" });
      await delivery.commit();
      await expect(verifier.verify(retry)).rejects.toMatchObject({ code: "duplicate" });
      await expect(verifier.verify(await request("msg_1", '{"type":"other"}'))).rejects.toMatchObject({
        code: "duplicate",
      });
      await until("it is told", () => failures.length > 0);
      expect(failures).toMatchObject([{ operation: "claim", reason: "different" }]);
      expect(failures[0]?.key).toMatch(/^standard-webhooks:k:/);
    });
  });
}

test("an id that somebody who knows a static token has used up is reported when the genuine event comes", async () => {
  const failures: StoreFailure[] = [];
  const provider = tappass({ header: "x-token" });
  const replay = { store: memoryReplayStore(), onFailure: (failure: StoreFailure) => void failures.push(failure) };
  const verifier = createVerifier(provider, { secret, replay });
  const send = (body: object) =>
    verifier.verify({ headers: { "x-token": secret, "content-type": "application/json" }, body: JSON.stringify(body) });
  await (await send({ audit_id: "ae_1", forged: true })).commit();
  await expect(send({ audit_id: "ae_1", action: "blocked" })).rejects.toMatchObject({ code: "duplicate" });
  expect(failures).toMatchObject([{ operation: "claim", reason: "different" }]);
});

test("a store of one's own that cannot be asked is not asked", async () => {
  const failures: StoreFailure[] = [];
  const { claim, commit, release, extend } = memoryReplayStore();
  const store = defineReplayStore({ claim, commit, release, extend });
  const replay = { store, onFailure: (failure: StoreFailure) => void failures.push(failure) };
  const verifier = createVerifier(standardWebhooks, { secret: own, replay });
  await (await verifier.verify(await request("msg_1", "{}"))).commit();
  await expect(verifier.verify(await request("msg_1", "[]"))).rejects.toMatchObject({ code: "duplicate" });
  expect(failures).toEqual([]);
});
