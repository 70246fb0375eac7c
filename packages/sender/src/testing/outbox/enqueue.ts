import { deepEqual, equal, ok } from "node:assert/strict";
import { type Chapter, claim, finish, ids, placing, put, stored, take } from "./kit.ts";

/** What enqueuing promises. */
export const enqueueing: Chapter = {
  async "an event is claimed as it was enqueued"({ outbox, other, elapse }) {
    const event = stored("e1", { data: '{"spanId":302231454903657293,"text":"\\ud83d\\ude00 \\ud83d \\u0000"}' });
    const [[placed] = []] = await outbox.enqueue([{ event, placements: [{ endpoint: "a", generation: 1 }] }]);
    equal(placed?.created, true);
    await elapse(1_000);
    const item = await take(other);
    deepEqual({ ...item.event }, { ...event });
    equal(item.id, placed?.item);
    equal(item.endpoint, "a");
    equal(item.generation, 1);
    equal(item.attempts, 0);
    ok(item.age >= 1_000 && item.age < 60_000, `${item.age}`);
    equal(item.tried, undefined);
    deepEqual(await outbox.attempts(item.id), []);
  },

  async "one call places events at several endpoints, each on its own"({ outbox }) {
    const placements = ["a", "b"].map((endpoint) => ({ endpoint, generation: 1 }));
    const placed = await outbox.enqueue([
      { event: stored("e1"), placements },
      { event: stored("e2"), placements: placements.slice(1) },
    ]);
    deepEqual(
      placed.map((list) => list.map((one) => [one.endpoint, one.created])),
      [
        [
          ["a", true],
          ["b", true],
        ],
        [["b", true]],
      ],
    );
    await finish(outbox, await take(outbox), { kind: "done" });
    deepEqual(ids(await claim(outbox, { endpoint: "b", limit: 9 })), ["e1", "e2"]);
  },

  async "the same event id is placed once at each endpoint, also in one call"({ outbox, other }) {
    const first = await put(outbox, "e1");
    const placements = ["a", "b"].map((endpoint) => ({ endpoint, generation: 1 }));
    const [again, twin] = await other.enqueue([
      { event: stored("e1"), placements },
      { event: stored("e1"), placements },
    ]);
    deepEqual(
      again?.map((one) => one.created),
      [false, true],
    );
    deepEqual(
      twin?.map((one) => one.created),
      [false, false],
    );
    equal(again?.[0]?.item, first.item);
    equal(twin?.[1]?.item, again?.[1]?.item);
    equal((await claim(outbox, { limit: 10 })).length, 1);
  },

  async "the same id enqueued by many at once is one item"({ outbox, other }) {
    const calls = Array.from({ length: 20 }, (_, index) => put(index % 2 === 0 ? outbox : other, "e1"));
    const placed = await Promise.all(calls);
    equal(placed.filter((one) => one.created).length, 1);
    equal(new Set(placed.map((one) => one.item)).size, 1);
    equal((await claim(outbox, { limit: 10 })).length, 1);
  },

  async "an id is remembered while claimed, while dead, and after it is done"({ outbox }) {
    const again = async () => (await put(outbox, "e1")).created;
    await put(outbox, "e1");
    const item = await take(outbox);
    equal(await again(), false);
    await finish(outbox, item, { kind: "bury" });
    equal(await again(), false);
    await outbox.redrive({ items: [item.id] });
    equal(await again(), false);
    await finish(outbox, await take(outbox), { kind: "done" });
    equal(await again(), false);
    deepEqual(await claim(outbox), []);
  },

  async "an id that the sender made itself is never another's"({ outbox }) {
    await put(outbox, "e1", {}, { generated: true });
    equal((await put(outbox, "e1", {}, { generated: true })).created, true);
  },

  async "the same id with other content is a conflict, while it waits and after it was done"({ outbox }) {
    await put(outbox, "e1", {}, { data: "1" });
    const other = async () => {
      const { created, conflict } = await put(outbox, "e1", {}, { data: "2" });
      return [created, conflict];
    };
    const same = async () => (await put(outbox, "e1", {}, { data: "1", time: 5 })).conflict ?? false;
    deepEqual(await other(), [false, true]);
    equal(await same(), false);
    await finish(outbox, await take(outbox), { kind: "done" });
    deepEqual(await other(), [false, true]);
    equal(await same(), false);
  },

  async "hundreds of events are placed in one call, in their order"({ outbox }) {
    const names = Array.from({ length: 100 }, (_, index) => `e${index}`);
    await outbox.enqueue(names.map((id) => placing(id)));
    deepEqual(ids(await claim(outbox, { limit: 200 })), names);
  },
};
