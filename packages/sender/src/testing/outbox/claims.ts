import { deepEqual, equal, ok } from "node:assert/strict";
import type { ClaimedItem, Room } from "../../outbox/parts.ts";
import { attempt, type Chapter, claim, due, finish, ids, put, take } from "./kit.ts";

const room = (endpoint: string, own: Partial<Room> = {}): Room => ({
  endpoint,
  generation: 1,
  limit: 1,
  lease: 60_000,
  order: "due",
  ...own,
});

/** What claims promise. */
export const claims: Chapter = {
  async "what is not due is not claimed, and a look says when it will be"({ outbox, elapse }) {
    equal(await due(outbox), undefined);
    await put(outbox, "late", { delay: 5_000 });
    await put(outbox, "later", { delay: 9_000 });
    deepEqual(await claim(outbox), []);
    const wait = (await due(outbox)) as number;
    ok(wait > 0 && wait <= 5_000, `${wait}`);
    await elapse(5_000);
    deepEqual(ids(await claim(outbox, { limit: 10 })), ["late"]);
  },

  async "what is due early is claimed by who asks for it"({ outbox }) {
    await put(outbox, "soon", { delay: 5_000 });
    await put(outbox, "later", { delay: 60_000 });
    deepEqual(ids(await claim(outbox, { limit: 10, early: 6_000 })), ["soon"]);
  },

  async "due items come earliest first, and in the order of arrival among equals"({ outbox, elapse }) {
    await put(outbox, "c", { delay: 9_000 });
    await put(outbox, "a1", { delay: 1_000 });
    await put(outbox, "a2", { delay: 1_000 });
    await elapse(20_000);
    deepEqual(ids(await claim(outbox, { limit: 10 })), ["a1", "a2", "c"]);
  },

  async "a claim takes at most its limit, and nobody else gets what it took"({ outbox, other }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id);
    deepEqual(ids(await claim(outbox, { limit: 2 })), ["1", "2"]);
    deepEqual(ids(await claim(other, { limit: 2 }, "you")), ["3"]);
    deepEqual(await claim(outbox, { limit: 2 }), []);
  },

  async "one claim serves all endpoints with room, the longest-due first"({ outbox, elapse }) {
    for (const endpoint of ["full", "b", "a"]) {
      for (const id of ["1", "2", "3"]) await put(outbox, id, { endpoint });
      await elapse(1_000);
    }
    const places = (items: readonly ClaimedItem[]) => items.map((item) => `${item.endpoint}${item.event.id}`);
    const all = [room("a", { limit: 2 }), room("b", { limit: 2 }), room("nobody")];
    deepEqual(places(await outbox.claim({ owner: "me", total: 3, room: all })).sort(), ["a1", "b1", "b2"]);
    deepEqual(places(await outbox.claim({ owner: "me", total: 9, room: all })).sort(), ["a2", "a3", "b3"]);
  },

  async "claims side by side never share an item"({ outbox, other }) {
    for (let i = 0; i < 40; i += 1) await put(outbox, `e${i}`);
    const calls = Array.from({ length: 8 }, (_, index) => claim(index % 2 === 0 ? outbox : other, { limit: 10 }));
    const all = (await Promise.all(calls)).flat().map((item) => item.id);
    // What another's claim has locked at that moment is passed over.
    for (const item of await claim(outbox, { limit: 40 })) all.push(item.id);
    equal(new Set(all).size, all.length);
    equal(all.length, 40);
  },

  async "a claimer that died is found out by its lease: the item is claimed again, and the old claim is worth nothing"({
    outbox,
    other,
    elapse,
  }) {
    await put(outbox, "e1");
    const old = await take(outbox, { lease: 10_000 });
    await elapse(5_000);
    deepEqual(await claim(other, {}, "you"), []);
    ok(((await due(other)) as number) <= 5_000);
    await elapse(5_001);
    const young = await take(other, {}, "you");
    equal(young.id, old.id);
    ok(young.token > old.token);
    equal(await finish(outbox, old, { kind: "done" }), false);
    equal(await finish(outbox, old, { kind: "retry" }), false);
    equal(await finish(outbox, old, { kind: "bury" }), false);
    deepEqual(await outbox.extend([old], 9_000), []);
    equal((await outbox.list({ state: "dead", limit: 9 })).items.length, 0);
    equal(await finish(other, young, { kind: "done" }), true);
  },

  async "leases can be extended, and those that are lost are told"({ outbox, elapse }) {
    await put(outbox, "e1");
    await put(outbox, "e2");
    const items = await claim(outbox, { lease: 10_000, limit: 2 });
    await finish(outbox, items[1] as ClaimedItem, { kind: "done" });
    const held = await outbox.extend(items, 100_000);
    deepEqual(
      held.map((one) => one.id),
      [items[0]?.id],
    );
    await elapse(60_000);
    deepEqual(await claim(outbox), []);
    await elapse(40_001);
    equal((await claim(outbox)).length, 1);
  },

  async "who shuts down gives back what he holds, and nothing of others'"({ outbox, other, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id);
    const [mine] = await claim(outbox, { limit: 2 });
    const yours = await take(other, {}, "you");
    equal(await outbox.release("me"), 2);
    equal(await finish(outbox, mine as ClaimedItem, { kind: "done" }), false);
    await elapse(1);
    const again = await claim(other, { limit: 5 }, "you");
    deepEqual(ids(again), ["1", "2"]);
    equal(again[0]?.attempts, 0);
    equal(await finish(other, yours, { kind: "done" }), true);
  },

  async "who lost the answer to a claim gives back what he does not know of"({ outbox, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id);
    const [known] = await claim(outbox, { limit: 1 });
    await claim(outbox, { limit: 2 });
    equal(await outbox.release("me", [known?.id as string]), 2);
    await elapse(1);
    deepEqual(ids(await claim(outbox, { limit: 5 })), ["2", "3"]);
    equal(await finish(outbox, known as ClaimedItem, { kind: "done" }), true);
  },

  async "in fifo order a waiting or claimed item holds back those behind it"({ outbox, other, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id, { order: "fifo" });
    const fifo = { order: "fifo" } as const;
    const first = await take(outbox, fifo);
    equal(first.event.id, "1");
    deepEqual(await claim(other, fifo, "you"), []);
    await finish(outbox, first, { kind: "retry", delay: 5_000, attempt: attempt(1) });
    deepEqual(await claim(other, fifo, "you"), []);
    const wait = (await due(outbox, "fifo")) as number;
    ok(wait > 0 && wait <= 5_000, `${wait}`);
    await elapse(5_001);
    deepEqual(ids(await claim(outbox, { ...fifo, limit: 2 })), ["1", "2"]);
  },

  async "in fifo order the next comes when the one before is done, buried or cancelled"({ outbox }) {
    for (const id of ["1", "2", "3", "4"]) await put(outbox, id, { order: "fifo" });
    const fifo = { order: "fifo" } as const;
    await finish(outbox, await take(outbox, fifo), { kind: "done" });
    const two = await take(outbox, fifo);
    equal(two.event.id, "2");
    await finish(outbox, two, { kind: "bury" });
    const [three] = (await outbox.list({ state: "waiting", limit: 1 })).items;
    equal(three?.event.id, "3");
    await outbox.cancel([three?.id as string]);
    deepEqual(ids(await claim(outbox, fifo)), ["4"]);
  },

  async "two claimers in fifo order never have two items of an endpoint at a time"({ outbox, other }) {
    for (let n = 0; n < 30; n += 1) await put(outbox, String(n), { order: "fifo" });
    const order: string[] = [];
    let inHand = 0;
    const work = async (which: typeof outbox, owner: string) => {
      while (order.length < 30) {
        const [item] = await claim(which, { order: "fifo" }, owner);
        if (item === undefined) {
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        inHand += 1;
        equal(inHand, 1);
        order.push(item.event.id);
        inHand -= 1;
        equal(await finish(which, item, { kind: "done" }), true);
      }
    };
    await Promise.all([work(outbox, "me"), work(other, "you")]);
    deepEqual(
      order,
      Array.from({ length: 30 }, (_, n) => String(n)),
    );
  },

  async "an endpoint that is one owner's alone is nobody else's while he may still count"({ outbox, other, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id);
    const alone = { exclusive: 10_000, lease: 30_000 };
    const first = await take(outbox, alone);
    deepEqual(await claim(other, alone, "you"), []);
    ok(((await due(other, "due", "you")) as number) > 0);
    equal((await claim(outbox, alone)).length, 1);
    await elapse(10_001);
    deepEqual(await claim(other, alone, "you"), []);
    await finish(outbox, first, { kind: "done" });
    await elapse(20_000);
    equal((await claim(other, { ...alone, limit: 5 }, "you")).length, 2);
  },

  async "members of an interrupted batch come together, and alone never"({ outbox, other, elapse }) {
    for (const id of ["1", "2", "3", "4"]) await put(outbox, id);
    const batch = await claim(outbox, { limit: 3 });
    const progress = { items: batch.map((item) => item.id), sent: 1 };
    await outbox.finish(
      batch.map(({ id, token }) => ({ id, token, kind: "retry", delay: 5_000, attempt: attempt(1), progress })),
    );
    await finish(outbox, await take(outbox, { limit: 1 }), { kind: "done" });
    await elapse(5_001);
    const claimed = await Promise.all([claim(outbox, { limit: 1 }), claim(other, { limit: 1 }, "you")]);
    const sizes = claimed.map((items) => items.length).sort();
    if (sizes[1] === 0) claimed[0] = await claim(outbox, { limit: 1 });
    const whole = claimed.find((items) => items.length > 0) as readonly ClaimedItem[];
    deepEqual([sizes[0], whole.length], [0, 3]);
    deepEqual(
      whole.map((item) => item.id),
      progress.items,
    );
    deepEqual({ ...whole[0]?.progress }, progress);
  },

  async "a batch that lost a member begins anew"({ outbox, elapse }) {
    for (const id of ["1", "2"]) await put(outbox, id);
    const batch = await claim(outbox, { limit: 2 });
    const progress = { items: batch.map((item) => item.id), sent: 1 };
    await outbox.finish(batch.map(({ id, token }) => ({ id, token, kind: "retry", delay: 0, progress })));
    await outbox.cancel([progress.items[0] as string]);
    await elapse(1);
    const left = await claim(outbox, { limit: 5 });
    deepEqual(ids(left), ["2"]);
    equal(left[0]?.progress, undefined);
  },
};
