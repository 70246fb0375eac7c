import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { StoredEvent } from "../event/stored-event.ts";
import type { ClaimedItem, ClaimRequest, Outbox } from "../outbox/outbox.ts";
import type { AttemptRecord } from "../outbox/record.ts";

/** One promise of the `Outbox` interface, as a check. */
export interface ContractCase {
  /** The promise, as a sentence: a test's title. */
  readonly name: string;
  /** Rejects with an `AssertionError` when the promise is broken. */
  run(): Promise<void>;
}

/** What an implementation gives the suite, afresh for each case. */
export interface OutboxUnderTest {
  /** Empty, with room for at least 100 events. The suite closes it. */
  readonly outbox: Outbox;
  /** Removes what the outbox is kept in: its file, its schema. Called after the outbox is closed. */
  dispose?(): Promise<void>;
}

/**
 * The promises of the `Outbox` interface. Run each case as a test of its own, in any test runner.
 *
 * @param create makes an empty outbox with room for at least 100 events
 *
 * @example
 * ```ts
 * import { memoryOutbox } from "@countersign/sender";
 * import { outboxContract } from "@countersign/sender/testing";
 * import { test } from "node:test";
 *
 * for (const { name, run } of outboxContract(async () => ({ outbox: memoryOutbox() }))) test(name, run);
 * ```
 */
export function outboxContract(create: () => Promise<OutboxUnderTest>): readonly ContractCase[] {
  return Object.entries(CASES).map(([name, check]) => ({
    name,
    async run() {
      const { outbox, dispose } = await create();
      try {
        await check(outbox);
      } finally {
        await outbox.close();
        await dispose?.();
      }
    },
  }));
}

const T0 = 1_700_000_000_000;

const CASES: Readonly<Record<string, (outbox: Outbox) => Promise<void>>> = {
  async "an event is claimed as it was enqueued"(outbox) {
    const event = stored("e1", { data: '{"spanId":302231454903657293,"text":"\\ud83d\\ude00 \\u0000"}' });
    const [placed] = await outbox.enqueue(event, [{ endpoint: "a", at: T0 }], T0);
    equal(placed?.created, true);
    const [item] = await claim(outbox);
    deepEqual({ ...item?.event }, { ...event });
    equal(item?.id, placed?.item);
    equal(item?.endpoint, "a");
    equal(item?.enqueuedAt, T0);
    equal(item?.attempts, 0);
    deepEqual([...(item?.history ?? [])], []);
  },

  async "one call places an event at several endpoints, each on its own"(outbox) {
    const placed = await outbox.enqueue(stored("e1"), [at("a"), at("b")], T0);
    deepEqual(
      placed.map((one) => [one.endpoint, one.created]),
      [
        ["a", true],
        ["b", true],
      ],
    );
    const [a] = await claim(outbox, { endpoint: "a" });
    await outbox.done(a as ClaimedItem, T0);
    equal((await claim(outbox, { endpoint: "b" })).length, 1);
  },

  async "the same event id is placed once at each endpoint"(outbox) {
    const [first] = await outbox.enqueue(stored("e1"), [at("a")], T0);
    const again = await outbox.enqueue(stored("e1"), [at("a"), at("b")], T0);
    deepEqual(
      again.map((one) => one.created),
      [false, true],
    );
    equal(again[0]?.item, first?.item);
    equal((await claim(outbox, { limit: 10 })).length, 1);
  },

  async "an id is remembered while claimed, while dead, and after it is done"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    const [item] = await claim(outbox);
    equal((await outbox.enqueue(stored("e1"), [at("a")], T0))[0]?.created, false);
    await outbox.bury(item as ClaimedItem, { reason: "exhausted", message: "", at: T0 });
    equal((await outbox.enqueue(stored("e1"), [at("a")], T0))[0]?.created, false);
    await outbox.redrive((item as ClaimedItem).id, T0);
    const [again] = await claim(outbox);
    await outbox.done(again as ClaimedItem, T0);
    equal((await outbox.enqueue(stored("e1"), [at("a")], T0))[0]?.created, false);
  },

  async "what is not due is not claimed, and nextDue says when it will be"(outbox) {
    equal(await outbox.nextDue("a", "due"), undefined);
    await outbox.enqueue(stored("late"), [{ endpoint: "a", at: T0 + 5_000 }], T0);
    await outbox.enqueue(stored("later"), [{ endpoint: "a", at: T0 + 9_000 }], T0);
    deepEqual(await claim(outbox), []);
    equal(await outbox.nextDue("a", "due"), T0 + 5_000);
    equal((await claim(outbox, { now: T0 + 5_000, limit: 10 }))[0]?.event.id, "late");
  },

  async "due items come earliest first, and in the order of arrival among equals"(outbox) {
    await outbox.enqueue(stored("c"), [{ endpoint: "a", at: T0 + 2 }], T0);
    await outbox.enqueue(stored("a1"), [{ endpoint: "a", at: T0 + 1 }], T0);
    await outbox.enqueue(stored("a2"), [{ endpoint: "a", at: T0 + 1 }], T0);
    deepEqual(ids(await claim(outbox, { now: T0 + 10, limit: 10 })), ["a1", "a2", "c"]);
  },

  async "a claim takes at most its limit, and nobody else gets what it took"(outbox) {
    for (const id of ["1", "2", "3"]) await outbox.enqueue(stored(id), [at("a")], T0);
    deepEqual(ids(await claim(outbox, { limit: 2 })), ["1", "2"]);
    deepEqual(ids(await claim(outbox, { limit: 2 })), ["3"]);
    deepEqual(await claim(outbox, { limit: 2 }), []);
  },

  async "claims side by side never share an item"(outbox) {
    for (let i = 0; i < 40; i += 1) await outbox.enqueue(stored(`e${i}`), [at("a")], T0);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(outbox, { limit: 10 })));
    const all = claims.flat().map((item) => item.id);
    equal(new Set(all).size, all.length);
    equal(all.length, 40);
  },

  async "an expired lease lets the item be claimed again, and the old claim is worth nothing"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    const [old] = await claim(outbox, { lease: 1_000 });
    deepEqual(await claim(outbox, { now: T0 + 999 }), []);
    ok(((await outbox.nextDue("a", "due")) as number) <= T0 + 1_000);
    const [young] = await claim(outbox, { now: T0 + 1_000 });
    equal(young?.id, old?.id);
    equal(await outbox.done(old as ClaimedItem, T0), false);
    equal(await outbox.retry(old as ClaimedItem, { at: T0 }), false);
    equal(await outbox.bury(old as ClaimedItem, { reason: "exhausted", message: "", at: T0 }), false);
    equal(await outbox.extend(old as ClaimedItem, T0 + 9_000), false);
    equal(await outbox.done(young as ClaimedItem, T0), true);
  },

  async "a lease can be extended"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    const [item] = await claim(outbox, { lease: 1_000 });
    equal(await outbox.extend(item as ClaimedItem, T0 + 10_000), true);
    deepEqual(await claim(outbox, { now: T0 + 9_999 }), []);
    equal((await claim(outbox, { now: T0 + 10_000 })).length, 1);
  },

  async "a retry counts its attempt and keeps its record and progress"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    const [item] = await claim(outbox);
    const progress = { items: [(item as ClaimedItem).id], sent: 1 };
    equal(await outbox.retry(item as ClaimedItem, { at: T0 + 60_000, attempt: attempt(1), progress }), true);
    deepEqual(await claim(outbox, { now: T0 + 59_999 }), []);
    const [again] = await claim(outbox, { now: T0 + 60_000 });
    equal(again?.attempts, 1);
    equal(again?.firstAttemptAt, T0);
    deepEqual(JSON.parse(JSON.stringify(again?.history)), [attempt(1)]);
    deepEqual(JSON.parse(JSON.stringify(again?.progress)), progress);
    await outbox.retry(again as ClaimedItem, { at: T0 });
    const [third] = await claim(outbox, { now: T0 + 60_000 });
    equal(third?.attempts, 1);
    equal(third?.progress, undefined);
  },

  async "the history keeps the first attempt and the latest"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    for (let number = 1; number <= 40; number += 1) {
      const [item] = await claim(outbox);
      await outbox.retry(item as ClaimedItem, { at: T0, attempt: attempt(number) });
    }
    const [item] = await claim(outbox);
    equal(item?.attempts, 40);
    equal(item?.history.length, 32);
    equal(item?.history[0]?.number, 1);
    equal(item?.history[31]?.number, 40);
  },

  async "in fifo order a waiting or claimed item holds back those behind it"(outbox) {
    for (const id of ["1", "2", "3"]) await outbox.enqueue(stored(id), [at("a")], T0);
    const fifo = { order: "fifo" } as const;
    const [first] = await claim(outbox, fifo);
    equal(first?.event.id, "1");
    deepEqual(await claim(outbox, fifo), []);
    await outbox.retry(first as ClaimedItem, { at: T0 + 1_000, attempt: attempt(1) });
    deepEqual(await claim(outbox, fifo), []);
    equal(await outbox.nextDue("a", "fifo"), T0 + 1_000);
    deepEqual(ids(await claim(outbox, { ...fifo, now: T0 + 1_000, limit: 2 })), ["1", "2"]);
  },

  async "in fifo order the next comes when the one before is done, buried or cancelled"(outbox) {
    for (const id of ["1", "2", "3", "4"]) await outbox.enqueue(stored(id), [at("a")], T0);
    const fifo = { order: "fifo" } as const;
    const [one] = await claim(outbox, fifo);
    await outbox.done(one as ClaimedItem, T0);
    const [two] = await claim(outbox, fifo);
    equal(two?.event.id, "2");
    await outbox.bury(two as ClaimedItem, { reason: "permanent", message: "", at: T0 });
    const [three] = await outbox.pending("a", 1);
    equal(three?.event.id, "3");
    await outbox.cancel((three as ClaimedItem).id);
    deepEqual(ids(await claim(outbox, fifo)), ["4"]);
  },

  async "a claim by id takes exactly those, due or not"(outbox) {
    const names: string[] = [];
    for (const id of ["1", "2", "3"]) {
      const [placed] = await outbox.enqueue(stored(id), [{ endpoint: "a", at: T0 + 5_000 }], T0);
      names.push(placed?.item as string);
    }
    deepEqual(ids(await claim(outbox, { limit: 5, ids: [names[2] as string, names[0] as string] })), ["1", "3"]);
  },

  async "a buried item is a dead letter with its attempts"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    const [item] = await claim(outbox);
    const burial = { reason: "exhausted", message: "Given up.", at: T0 + 7 };
    equal(await outbox.bury(item as ClaimedItem, burial, attempt(1)), true);
    deepEqual(await claim(outbox), []);
    equal(await outbox.nextDue("a", "due"), undefined);
    const [letter] = await outbox.deadLetters();
    equal(letter?.id, item?.id);
    deepEqual({ ...letter?.burial }, burial);
    equal(letter?.attempts, 1);
    equal(letter?.history.length, 1);
    equal(letter?.event.id, "e1");
  },

  async "dead letters are listed by endpoint, oldest first, in pages"(outbox) {
    for (const [index, endpoint] of ["a", "b", "a", "a"].entries()) {
      await outbox.enqueue(stored(`e${index}`), [at(endpoint)], T0);
      const [item] = await claim(outbox, { endpoint });
      await outbox.bury(item as ClaimedItem, { reason: "exhausted", message: "", at: T0 + index });
    }
    deepEqual(ids(await outbox.deadLetters({ endpoint: "a" })), ["e0", "e2", "e3"]);
    const first = await outbox.deadLetters({ endpoint: "a", limit: 2 });
    const after = first[1]?.id as string;
    deepEqual(ids(await outbox.deadLetters({ endpoint: "a", limit: 2, after })), ["e3"]);
    equal((await outbox.deadLetters()).length, 4);
  },

  async "the same id with other content is a conflict, while it waits and after it was done"(outbox) {
    await outbox.enqueue(stored("e1", { data: "1" }), [at("a")], T0);
    const other = async () => (await outbox.enqueue(stored("e1", { data: "2" }), [at("a")], T0))[0];
    const same = async () => (await outbox.enqueue(stored("e1", { data: "1", time: T0 + 5 }), [at("a")], T0))[0];
    equal((await other())?.created, false);
    equal((await other())?.conflict, true);
    equal((await same())?.conflict ?? false, false);
    const [item] = await claim(outbox);
    await outbox.done(item as ClaimedItem, T0);
    equal((await other())?.conflict, true);
    equal((await same())?.conflict ?? false, false);
  },

  async "a redriven item is as good as new"(outbox) {
    await outbox.enqueue(stored("e1"), [at("a")], T0);
    const [item] = await claim(outbox);
    await outbox.bury(item as ClaimedItem, { reason: "exhausted", message: "", at: T0 }, attempt(1));
    equal(await outbox.redrive((item as ClaimedItem).id, T0 + 100), true);
    equal(await outbox.redrive((item as ClaimedItem).id, T0 + 100), false);
    equal((await outbox.deadLetters()).length, 0);
    const [again] = await claim(outbox, { now: T0 + 100 });
    equal(again?.event.id, "e1");
    equal(again?.attempts, 0);
    equal(again?.enqueuedAt, T0 + 100);
    equal(again?.firstAttemptAt, undefined);
    equal(again?.history.length, 0);
  },

  async "a waiting or dead item can be cancelled, a claimed one cannot"(outbox) {
    const [waiting] = await outbox.enqueue(stored("1"), [at("a")], T0);
    equal(await outbox.cancel(waiting?.item as string), true);
    equal(await outbox.cancel(waiting?.item as string), false);
    await outbox.enqueue(stored("2"), [at("a")], T0);
    const [item] = await claim(outbox);
    equal(await outbox.cancel((item as ClaimedItem).id), false);
    await outbox.bury(item as ClaimedItem, { reason: "permanent", message: "", at: T0 });
    equal(await outbox.cancel((item as ClaimedItem).id), true);
    equal((await outbox.deadLetters()).length, 0);
  },

  async "an endpoint's state is kept"(outbox) {
    equal((await outbox.endpointState("a")).disabled, false);
    await outbox.setEndpointState("a", { disabled: true, reason: "gone", at: T0 });
    deepEqual({ ...(await outbox.endpointState("a")) }, { disabled: true, reason: "gone", at: T0 });
    equal((await outbox.endpointState("b")).disabled, false);
    await outbox.setEndpointState("a", { disabled: false });
    equal((await outbox.endpointState("a")).disabled, false);
  },

  async "stats count what waits, what is claimed and what is dead"(outbox) {
    for (const id of ["1", "2", "3"]) await outbox.enqueue(stored(id), [at("a")], T0);
    const [item] = await claim(outbox);
    await claim(outbox);
    await outbox.bury(item as ClaimedItem, { reason: "permanent", message: "", at: T0 });
    deepEqual({ ...(await outbox.stats("a")) }, { pending: 1, claimed: 1, dead: 1 });
    deepEqual({ ...(await outbox.stats("nobody")) }, { pending: 0, claimed: 0, dead: 0 });
  },

  async "what waits is listed oldest first"(outbox) {
    for (const id of ["1", "2", "3"]) await outbox.enqueue(stored(id), [{ endpoint: "a", at: T0 + 9_000 }], T0);
    deepEqual(ids(await outbox.pending("a", 2)), ["1", "2"]);
  },

  async "a closed outbox takes and gives nothing"(outbox) {
    await outbox.close();
    await rejects(() => outbox.enqueue(stored("1"), [at("a")], T0));
    await rejects(() => claim(outbox));
    await outbox.close();
  },
};

function stored(id: string, own: Partial<StoredEvent> = {}): StoredEvent {
  return { id, generated: false, type: "test", severity: "info", time: T0, data: "{}", ...own };
}

function at(endpoint: string) {
  return { endpoint, at: T0 };
}

function claim(outbox: Outbox, own: Partial<ClaimRequest> = {}) {
  return outbox.claim({ endpoint: "a", now: T0, lease: 60_000, limit: 1, order: "due", ...own });
}

function ids(items: readonly { readonly event: StoredEvent }[]): string[] {
  return items.map((item) => item.event.id);
}

function attempt(number: number): AttemptRecord {
  return { number, startedAt: T0, timings: { total: 5 }, error: "timeout", message: "late", events: 1 };
}
