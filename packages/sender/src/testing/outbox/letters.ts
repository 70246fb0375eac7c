import { deepEqual, equal, notEqual } from "node:assert/strict";
import type { Outbox } from "../../outbox/outbox.ts";
import { attempt, type Chapter, claim, finish, ids, put, take } from "./kit.ts";

async function bury(outbox: Outbox<unknown>, ...names: readonly string[]): Promise<string[]> {
  const items: string[] = [];
  for (const name of names) {
    const endpoint = name.slice(0, 1);
    const { item } = await put(outbox, name, { endpoint });
    await finish(outbox, await take(outbox, { endpoint }), { kind: "bury", attempt: attempt(1) });
    items.push(item);
  }
  return items;
}

/** What dead letters and lists promise. */
export const letters: Chapter = {
  async "dead letters are listed by endpoint, oldest first"({ outbox }) {
    await bury(outbox, "a1", "b1", "a2", "a3");
    deepEqual(ids((await outbox.list({ state: "dead", endpoint: "a", limit: 9 })).items), ["a1", "a2", "a3"]);
    deepEqual(ids((await outbox.list({ state: "dead", limit: 9 })).items), ["a1", "b1", "a2", "a3"]);
  },

  async "pages miss none and repeat none while letters leave and come"({ outbox }) {
    const items = await bury(outbox, "a1", "a2", "a3", "a4", "a5", "a6");
    const first = await outbox.list({ state: "dead", limit: 2 });
    deepEqual(ids(first.items), ["a1", "a2"]);
    // The very letter that the page ended with is gone, and another dies.
    await outbox.redrive({ items: [items[1] as string, items[2] as string] });
    await bury(outbox, "b7");
    const cursor = first.cursor as string;
    const second = await outbox.list({ state: "dead", limit: 2, cursor });
    deepEqual(ids(second.items), ["a4", "a5"]);
    const third = await outbox.list({ state: "dead", limit: 2, cursor: second.cursor as string });
    deepEqual(ids(third.items), ["a6", "b7"]);
    if (third.cursor !== undefined) {
      deepEqual((await outbox.list({ state: "dead", limit: 2, cursor: third.cursor })).items, []);
    }
  },

  async "what waits is listed in the order of arrival, in pages"({ outbox }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id, { delay: 9_000 });
    const first = await outbox.list({ state: "waiting", limit: 2 });
    deepEqual(ids(first.items), ["1", "2"]);
    await outbox.cancel(first.items.map((item) => item.id));
    const second = await outbox.list({ state: "waiting", limit: 2, cursor: first.cursor as string });
    deepEqual(ids(second.items), ["3"]);
    equal(second.cursor, undefined);
  },

  async "a redriven letter is as good as new"({ outbox, elapse }) {
    const [item] = (await bury(outbox, "a1")) as [string];
    await elapse(5_000);
    const { moved } = await outbox.redrive({ items: [item] });
    equal(moved, 1);
    equal((await outbox.redrive({ items: [item, "999999999"] })).moved, 0);
    equal((await outbox.list({ state: "dead", limit: 9 })).items.length, 0);
    await elapse(1);
    const again = await take(outbox);
    equal(again.event.id, "a1");
    equal(again.attempts, 0);
    equal(again.tried, undefined);
    equal(again.age < 5_000, true);
    deepEqual(await outbox.attempts(item), []);
    deepEqual(await outbox.outcomes([item]), []);
  },

  async "redriving all ends when letters die again at once"({ outbox, elapse }) {
    await bury(outbox, "a1", "a2", "a3", "b1");
    let moved = 0;
    let before: string | undefined;
    for (let round = 0; round < 10; round += 1) {
      const answer = await outbox.redrive({ endpoint: "a", limit: 2, ...(before === undefined ? {} : { before }) });
      before = answer.before;
      moved += answer.moved;
      await elapse(1);
      for (const item of await claim(outbox, { limit: 9 })) await finish(outbox, item, { kind: "bury" });
      if (!answer.more) break;
      notEqual(round, 9);
    }
    equal(moved, 3);
    equal((await outbox.list({ state: "dead", limit: 9 })).items.length, 4);
  },

  async "a waiting or dead item can be cancelled, a claimed one cannot"({ outbox }) {
    const { item: waiting } = await put(outbox, "1");
    equal(await outbox.cancel([waiting, waiting]), 1);
    equal(await outbox.cancel([waiting]), 0);
    await put(outbox, "2");
    const item = await take(outbox);
    equal(await outbox.cancel([item.id]), 0);
    await finish(outbox, item, { kind: "bury" });
    equal(await outbox.cancel([item.id]), 1);
    equal((await outbox.list({ state: "dead", limit: 9 })).items.length, 0);
    deepEqual(await claim(outbox), []);
  },
};
