import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { type Chapter, claim, due, finish, ids, placing, put, stateOf, take } from "./kit.ts";

/** What endpoints, their states and the end of an outbox promise. */
export const endpoints: Chapter = {
  async "an endpoint is enabled until it is said otherwise, and its state is kept for all"({ outbox, other }) {
    const { at: _none, ...fresh } = await stateOf(outbox);
    deepEqual(fresh, { generation: 1, version: 0, disabled: false, pausedFor: 0, breaker: false });
    equal(await outbox.setEndpointState("a", 0, { disabled: true, reason: "gone" }), true);
    const state = await stateOf(other);
    deepEqual([state.disabled, state.reason, state.version, state.generation], [true, "gone", 1, 1]);
    ok((state.at as number) > 0);
    equal((await stateOf(other, "b")).disabled, false);
  },

  async "of two who change a state at once one is told that the other was faster"({ outbox, other }) {
    const set = (which: typeof outbox, reason: string) => which.setEndpointState("a", 0, { disabled: true, reason });
    const won = await Promise.all([set(outbox, "one"), set(other, "two")]);
    deepEqual([...won].sort(), [false, true]);
    equal((await stateOf(outbox)).reason, won[0] ? "one" : "two");
    equal(await other.setEndpointState("a", 0, { disabled: false }), false);
    equal(await other.setEndpointState("a", 1, { disabled: false }), true);
    equal((await stateOf(outbox)).reason, undefined);
  },

  async "nothing is claimed of an endpoint that is disabled or paused, by nobody"({ outbox, other, elapse }) {
    await put(outbox, "e1");
    await outbox.setEndpointState("a", 0, { disabled: true, reason: "gone" });
    deepEqual(await claim(other, {}, "you"), []);
    equal(await due(other), undefined);
    await other.setEndpointState("a", 1, { disabled: false, pausedFor: 5_000, breaker: true });
    deepEqual(await claim(outbox), []);
    const wait = (await due(outbox)) as number;
    ok(wait > 0 && wait <= 5_000, `${wait}`);
    const { pausedFor, breaker } = await stateOf(outbox);
    ok(pausedFor > 0 && pausedFor <= 5_000, `${pausedFor}`);
    equal(breaker, true);
    await elapse(5_001);
    equal((await stateOf(outbox)).pausedFor, 0);
    equal((await claim(outbox)).length, 1);
  },

  async "what waits for a removed endpoint is cancelled, and the next of its name begins anew"({ outbox, other }) {
    await outbox.setEndpointState("a", 0, { disabled: true, reason: "gone" });
    const { item } = await put(outbox, "e1");
    await put(outbox, "e2");
    await put(outbox, "e3", { endpoint: "b" });
    equal(await outbox.removeEndpoint("a", 1), 2);
    equal(await other.removeEndpoint("a", 1), 0);
    equal((await outbox.outcomes([item]))[0]?.status, "cancelled");
    const state = await stateOf(other);
    deepEqual([state.generation, state.disabled], [2, false]);
    deepEqual(await claim(outbox, { generation: 2 }), []);
    equal((await put(other, "e1", { generation: 2 })).created, true);
    deepEqual(ids(await claim(outbox, { generation: 2 })), ["e1"]);
    deepEqual(ids(await claim(outbox, { endpoint: "b" })), ["e3"]);
  },

  async "what is in hand when its endpoint is removed ends with it, and holds nobody back"({ outbox, other, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id, { order: "fifo" });
    const [one, two, three] = await claim(outbox, { order: "fifo", limit: 3, lease: 5_000 });
    await outbox.removeEndpoint("a", 1);
    await put(outbox, "next", { generation: 2, order: "fifo" });
    deepEqual(ids(await claim(other, { generation: 2, order: "fifo" })), ["next"]);
    if (one === undefined || two === undefined || three === undefined) throw new Error("Three were enqueued.");
    const [answer] = await outbox.finish([{ id: one.id, token: one.token, kind: "retry", delay: 0 }]);
    deepEqual([answer?.held, answer?.cancelled], [true, true]);
    equal(await finish(outbox, two, { kind: "done" }), true);
    await elapse(5_001);
    deepEqual(await claim(other, { generation: 1, limit: 9 }), []);
    deepEqual(await claim(other, { generation: 2, limit: 9 }), []);
    const statuses = await outbox.outcomes([one.id, two.id]);
    deepEqual(statuses.map((status) => status.status).sort(), ["cancelled", "delivered"]);
  },

  async "nothing is placed for an endpoint that is gone"({ outbox, other }) {
    await outbox.removeEndpoint("a", 1);
    const late = await put(other, "late");
    deepEqual([late.created, late.removed], [false, true]);
    deepEqual(await claim(outbox, { generation: 2, limit: 9 }), []);
  },

  async "a dead letter of a removed endpoint never goes to the next of its name"({ outbox }) {
    await put(outbox, "e1");
    const item = await take(outbox);
    await finish(outbox, item, { kind: "bury" });
    await outbox.removeEndpoint("a", 1);
    equal((await outbox.list({ state: "dead", limit: 9 })).items.length, 1);
    equal((await outbox.redrive({ items: [item.id] })).moved, 0);
    deepEqual(await outbox.redrive({ endpoint: "a", limit: 9 }).then(({ moved, more }) => [moved, more]), [0, false]);
    deepEqual(await claim(outbox, { generation: 2 }), []);
    equal(await outbox.cancel([item.id]), 1);
  },

  async "close waits for what is under way, and after it nothing is taken or given"({ outbox, other }) {
    const calls = Array.from({ length: 10 }, (_, index) => put(outbox, `e${index}`));
    const closing = outbox.close();
    const placed = await Promise.all(calls);
    await closing;
    equal(placed.filter((one) => one.created).length, 10);
    await rejects(async () => outbox.enqueue([placing("late")]));
    await rejects(async () => claim(outbox));
    await outbox.close();
    if (other !== outbox) equal((await claim(other, { limit: 50 })).length, 10);
  },
};
