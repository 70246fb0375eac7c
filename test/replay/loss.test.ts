/** What a claim does when its store answers late, forgets, or has lost the claim: under a fake clock. */
import {
  createVerifier,
  defineReplayStore,
  memoryReplayStore,
  type ReplayStore,
  type StoreFailure,
} from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { expect, test } from "vitest";
import { secret, signed } from "./kit.ts";

/** A store that answers a turn later, as one on a network does, and can lose everything. */
function set(changed: (store: ReplayStore) => Partial<ReplayStore> = () => ({})) {
  const clock = fakeClock(Date.UTC(2026, 0, 15, 12));
  let memory = memoryReplayStore({ clock });
  const asked: string[] = [];
  const store: ReplayStore = defineReplayStore({
    claim: async (...given) => memory.claim(...given),
    commit: async (...given) => memory.commit(...given),
    release: async (...given) => memory.release(...given),
    extend: async (...given) => memory.extend(...given),
  });
  const full = { ...store, ...changed(store) };
  for (const operation of ["claim", "commit", "release", "extend"] as const) {
    const work = full[operation] as (...given: unknown[]) => unknown;
    full[operation] = ((...given: unknown[]) => {
      asked.push(operation);
      return work(...given);
    }) as never;
  }
  const failures: string[] = [];
  const onFailure = ({ operation, reason }: StoreFailure) => void failures.push(`${operation} ${reason}`);
  const replay = { store: full, lease: "60s", wait: "2s", onFailure };
  const verifier = createVerifier(tailscale, { secret, clock, replay });
  const send = async (message: string, at = clock.now()) => verifier.verify(await signed(message, at));
  return {
    clock,
    asked,
    failures,
    send,
    handle: async (message: string) => (await send(message)).commit(),
    lose: () => {
      memory = memoryReplayStore({ clock });
    },
    settle: () => clock.advanceAsync(0),
  };
}

test("a store that lost everything is noticed by the next look, told once, and given back what is known", async () => {
  const { clock, failures, handle, lose, settle } = set();
  await handle("one");
  clock.advance(11_000);
  await handle("two");
  await settle();
  expect(failures).toEqual([]);
  lose();
  clock.advance(11_000);
  await handle("three");
  await settle();
  expect(failures).toEqual(["commit forgotten"]);
  clock.advance(11_000);
  await handle("four");
  await settle();
  expect(failures).toEqual(["commit forgotten"]);
});

test("at once after a failure, by the newest commit, which is the first that a rollback loses", async () => {
  let down = false;
  const { failures, handle, lose, send, settle } = set((store) => ({
    claim: (...given) => (down ? Promise.reject(new Error("away")) : store.claim(...given)),
  }));
  await handle("one");
  down = true;
  await expect(send("two")).rejects.toMatchObject({ code: "store_unavailable" });
  lose();
  down = false;
  await handle("three");
  await settle();
  expect(failures).toEqual(["claim failed", "commit forgotten"]);
});

test("also where the newest commit before the failure was sent again after the loss", async () => {
  let down = false;
  const { clock, failures, handle, lose, send, settle } = set((store) => ({
    claim: (...given) => (down ? Promise.reject(new Error("away")) : store.claim(...given)),
  }));
  await handle("one");
  clock.advance(2_000);
  lose();
  await handle("two");
  down = true;
  await expect(send("three")).rejects.toMatchObject({ code: "store_unavailable" });
  down = false;
  for (const message of ["four", "five", "six"]) {
    await handle(message);
    await settle();
  }
  expect(failures).toEqual(["claim failed", "commit forgotten"]);
});

test("one look in ten seconds, and none at a store that answers at once", async () => {
  const { clock, asked, handle, settle } = set();
  for (let i = 0; i < 100; i++) {
    await handle(`${i}`);
    clock.advance(250);
    await settle();
  }
  expect(asked.filter((operation) => operation === "claim").length - 100).toBeLessThanOrEqual(3);
  const sync = memoryReplayStore();
  const seen: string[] = [];
  const verifier = createVerifier(tailscale, {
    secret,
    replay: {
      ...sync,
      claim: (key, token, lease) => {
        seen.push(key);
        return sync.claim(key, token, lease);
      },
    },
  });
  await (await verifier.verify(await signed("sync"))).commit();
  expect(seen).toHaveLength(1);
});

test("an extension that the release overtook is given back", async () => {
  let goOn: () => void = () => {};
  const { asked, failures, send, settle } = set((store) => ({
    extend: async (...given) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return store.extend(...given);
    },
  }));
  const delivery = await send("slow");
  const extended = delivery.extend();
  expect(await delivery.release()).toBe(true);
  goOn();
  await extended;
  await settle();
  expect(asked).toEqual(["claim", "extend", "release", "release"]);
  expect(failures).toEqual([]);
  expect((await send("slow")).duplicate).toBe(false);
});

test("an extension whose answer never comes ends after the wait, and the next third tries anew", async () => {
  let hangs = true;
  const { clock, asked, failures, send } = set((memory) => ({
    extend: (...given) => (hangs ? new Promise(() => {}) : memory.extend(...given)),
  }));
  const at = clock.now();
  (await send("long", at)).hold();
  await clock.advanceAsync(25_000);
  expect(failures).toEqual(["extend timeout"]);
  hangs = false;
  await clock.advanceAsync(20_000);
  expect(asked.filter((operation) => operation === "extend").length).toBeGreaterThanOrEqual(2);
  // Held all the while: nobody else is let in, a minute and more after the claim.
  await clock.advanceAsync(40_000);
  await expect(send("long", at)).rejects.toMatchObject({ code: "in_progress" });
});

test("an extension that failed is tried again in a second, not a third of a lease later", async () => {
  let fails = 3;
  const { clock, failures, send } = set((memory) => ({
    extend: (...given) => (fails-- > 0 ? Promise.reject(new Error("gone")) : memory.extend(...given)),
  }));
  const at = clock.now();
  (await send("long", at)).hold();
  await clock.advanceAsync(20_000 + 3_000);
  expect(failures).toEqual(["extend failed", "extend failed", "extend failed"]);
  await clock.advanceAsync(50_000);
  await expect(send("long", at)).rejects.toMatchObject({ code: "in_progress" });
});

test("a commit that failed is tried again within the lease, and can be repeated by hand", async () => {
  let fails = 2;
  const { clock, failures, send } = set((memory) => ({
    commit: (...given) => (fails-- > 0 ? Promise.reject(new Error("gone")) : memory.commit(...given)),
  }));
  const at = clock.now();
  const delivery = await send("done", at);
  expect(await delivery.commit()).toBe(false);
  expect(failures).toEqual(["commit failed"]);
  await clock.advanceAsync(3_000);
  await expect(send("done", at)).rejects.toMatchObject({ code: "duplicate" });

  fails = 1;
  const other = await send("by hand", at);
  expect(await other.commit()).toBe(false);
  expect(await other.commit()).toBe(true);
});

test("a claim whose answer was lost is given back: the provider's retry is let in", async () => {
  let lost = true;
  const { clock, send } = set((memory) => ({
    async claim(...given) {
      const state = await memory.claim(...given);
      if (!lost) return state;
      lost = false;
      throw new Error("connection reset");
    },
  }));
  await expect(send("lost")).rejects.toMatchObject({ code: "store_unavailable" });
  await clock.advanceAsync(0);
  expect((await send("lost")).duplicate).toBe(false);
});

test("a process that was frozen for longer than its lease is told by the delivery's signal", async () => {
  const { clock, send, lose } = set();
  const delivery = await send("frozen");
  delivery.hold();
  expect(delivery.signal.aborted).toBe(false);
  lose();
  await send("frozen");
  await clock.advanceAsync(25_000);
  expect(delivery.signal.aborted).toBe(true);
});

test("a claim that somebody else has taken over is told, and held no more", async () => {
  const { clock, asked, failures, send, lose } = set();
  const first = await send("taken");
  first.hold();
  lose();
  expect((await send("taken")).duplicate).toBe(false);
  await clock.advanceAsync(5 * 60_000);
  expect(failures).toEqual(["extend lost"]);
  expect(asked.filter((operation) => operation === "extend")).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("an answer that is no state is a failure, and told", async () => {
  const { failures, send } = set(() => ({ claim: async () => "OK" as never }));
  await expect(send("odd")).rejects.toMatchObject({ code: "store_unavailable" });
  expect(failures).toEqual(["claim failed"]);
});

test.each(["commit", "release"] as const)(
  "a %s that failed while an extension was failing too: nobody extends what nobody handles, and the retry is let in",
  async (settlement) => {
    let down = false;
    const away = () => Promise.reject(new Error("away"));
    const { clock, asked, send } = set((store) => ({
      extend: (...given) => (down ? away() : store.extend(...given)),
      commit: (...given) => (down ? away() : store.commit(...given)),
      release: (...given) => (down ? away() : store.release(...given)),
    }));
    const at = clock.now();
    const delivery = await send("held", at);
    delivery.hold();
    await clock.advanceAsync(19_900);
    down = true;
    await clock.advanceAsync(500);
    expect(asked.at(-1)).toBe("extend");
    await delivery[settlement]();
    // Longer than the lease: what is left to do is the retry's.
    await clock.advanceAsync(70_000);
    down = false;
    const before = asked.length;
    await clock.advanceAsync(120_000);
    expect(asked.slice(before)).toEqual([]);
    expect((await send("held", at)).duplicate).toBe(false);
  },
);
