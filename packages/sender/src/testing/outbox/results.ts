import { deepEqual, equal, ok } from "node:assert/strict";
import type { ClaimedItem, Result } from "../../outbox/parts.ts";
import { attempt, type Chapter, claim, finish, ids, placing, put, take } from "./kit.ts";

/** What writing down promises. */
export const results: Chapter = {
  async "a retry counts its attempt and keeps its record and progress"({ outbox, elapse }) {
    await put(outbox, "e1");
    const item = await take(outbox);
    const progress = { items: [item.id], sent: 1 };
    equal(await finish(outbox, item, { kind: "retry", delay: 60_000, attempt: attempt(1), progress }), true);
    await elapse(50_000);
    deepEqual(await claim(outbox), []);
    await elapse(10_001);
    const again = await take(outbox);
    equal(again.attempts, 1);
    const tried = again.tried as number;
    ok(tried >= 60_000 && tried < 120_000, `${tried}`);
    deepEqual(JSON.parse(JSON.stringify(await outbox.attempts(item.id))), [attempt(1)]);
    deepEqual({ ...again.progress }, progress);
    await finish(outbox, again, { kind: "retry" });
    await elapse(1);
    const third = await take(outbox);
    equal(third.attempts, 1);
    equal(third.progress, undefined);
  },

  async "the first attempt and the latest are kept"({ outbox, elapse }) {
    await put(outbox, "e1");
    for (let number = 1; number <= 40; number += 1) {
      await finish(outbox, await take(outbox), { kind: "retry", attempt: attempt(number) });
      await elapse(1);
    }
    const item = await take(outbox);
    equal(item.attempts, 40);
    const history = await outbox.attempts(item.id);
    equal(history.length, 32);
    equal(history[0]?.number, 1);
    equal(history[1]?.number, 10);
    equal(history[31]?.number, 40);
  },

  async "what is asked a second time, as after a lost connection, is done once and told the same"({ outbox, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id);
    const items = await claim(outbox, { limit: 3 });
    const [one, two, three] = items.map(({ id, token }) => ({ id, token, attempt: attempt(1) })) as [
      Result,
      Result,
      Result,
    ];
    const asked = [
      { ...one, kind: "done" },
      { ...two, kind: "retry", delay: 0 },
      { ...three, kind: "bury", reason: "exhausted", message: "", raised: [placing("dlq", { endpoint: "b" })] },
    ] as Result[];
    const held = async () => (await outbox.finish(asked)).map((answer) => answer.held);
    deepEqual(await held(), [true, true, true]);
    deepEqual(await held(), [true, true, true]);
    await elapse(1);
    equal((await take(outbox)).attempts, 1);
    equal((await outbox.list({ state: "dead", limit: 9 })).items.length, 1);
    equal((await claim(outbox, { endpoint: "b", limit: 9 })).length, 1);
  },

  async "results of one call are written together: those whose claim is lost change nothing"({ outbox }) {
    for (const id of ["1", "2"]) await put(outbox, id);
    const [one, two] = (await claim(outbox, { limit: 2 })) as [ClaimedItem, ClaimedItem];
    const answers = await outbox.finish([
      { id: one.id, token: one.token - 1, kind: "done" },
      { id: two.id, token: two.token, kind: "done" },
      { id: "999999999", token: 1, kind: "done" },
    ]);
    deepEqual(
      answers.map(({ id, held }) => [id, held]),
      [
        [one.id, false],
        [two.id, true],
        ["999999999", false],
      ],
    );
    deepEqual(
      (await outbox.extend([one], 60_000)).map(({ id }) => id),
      [one.id],
    );
  },

  async "a buried item is a dead letter with its attempts, and what follows from it is there"({ outbox, other }) {
    await put(outbox, "e1");
    const item = await take(outbox);
    const raised = [placing("dlq", { endpoint: "alarm" })];
    const { id, token } = item;
    const result = { kind: "bury", reason: "exhausted", message: "Given up.\u0000", raised } as const;
    const [answer] = await outbox.finish([{ id, token, ...result, attempt: attempt(1) }]);
    equal(answer?.raised?.[0]?.[0]?.created, true);
    deepEqual(await claim(outbox), []);
    deepEqual(ids(await claim(other, { endpoint: "alarm" })), ["dlq"]);
    const [letter] = (await other.list({ state: "dead", limit: 9 })).items;
    equal(letter?.id, id);
    equal(letter?.burial?.reason, "exhausted");
    ok(letter?.burial?.message.startsWith("Given up."));
    equal(letter?.attempts, 1);
    equal(letter?.history?.length, 1);
    equal(letter?.event.id, "e1");
  },

  async "how an item ended is known in every process"({ outbox, other }) {
    const names: string[] = [];
    for (const id of ["done", "dead", "old", "gone", "waits"]) names.push((await put(outbox, id)).item);
    const items = await claim(outbox, { limit: 3 });
    await finish(outbox, items[0] as ClaimedItem, { kind: "done", attempt: attempt(1) });
    await finish(outbox, items[1] as ClaimedItem, { kind: "bury", reason: "permanent" });
    await finish(outbox, items[2] as ClaimedItem, { kind: "discard" });
    await outbox.cancel([names[3] as string]);
    const outcomes = await other.outcomes([...names, "999999999"]);
    deepEqual(
      names.map((id) => outcomes.find((one) => one.id === id)).map((one) => one && [one.status, one.attempts]),
      [["delivered", 1], ["dead", 0], ["discarded", 0], ["cancelled", 0], undefined],
    );
    equal(outcomes.find((one) => one.status === "dead")?.reason, "permanent");
  },

  async "stats count what waits, what is claimed and what is dead"({ outbox, elapse }) {
    for (const id of ["1", "2", "3"]) await put(outbox, id);
    const item = await take(outbox);
    await claim(outbox);
    await finish(outbox, item, { kind: "bury" });
    await elapse(2_000);
    const [of, nobody] = await outbox.stats(["a", "nobody"]);
    const { overdue, ...counts } = of ?? {};
    deepEqual(counts, { endpoint: "a", pending: 1, claimed: 1, dead: 1 });
    ok((overdue as number) >= 2_000 && (overdue as number) < 60_000, `${overdue}`);
    deepEqual({ ...nobody }, { endpoint: "nobody", pending: 0, claimed: 0, dead: 0 });
    deepEqual(
      (await outbox.stats()).filter((one) => one.pending > 0).map((one) => one.endpoint),
      ["a"],
    );
  },
};
