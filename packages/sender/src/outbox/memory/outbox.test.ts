import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { outboxContract } from "../../testing/outbox/contract.ts";
import { claim, finish, placing, put, take } from "../../testing/outbox/kit.ts";
import { OutboxFull } from "../placing.ts";
import { memoryOutbox } from "./outbox.ts";

describe("memory outbox", () => {
  const create = async () => {
    const clock = fakeClock("2026-01-01T00:00:00Z");
    return { outbox: memoryOutbox({ clock }), elapse: async (milliseconds: number) => clock.advance(milliseconds) };
  };
  for (const { name, run } of outboxContract(create)) test(name, run);

  test("refuses for all endpoints when one of them is full", async () => {
    const outbox = memoryOutbox({ capacity: 1 });
    await put(outbox, "1");
    const placements = ["b", "a"].map((endpoint) => ({ endpoint, generation: 1 }));
    await expect(outbox.enqueue([{ ...placing("2"), placements }])).rejects.toThrow(OutboxFull);
    await expect(outbox.enqueue([placing("3", { endpoint: "b" }), placing("4", { endpoint: "b" })])).rejects.toThrow(
      OutboxFull,
    );
    expect(await outbox.stats(["b"])).toEqual([{ endpoint: "b", pending: 0, claimed: 0, dead: 0 }]);
  });

  test("is part of no database, and says so to who wants to enqueue in a transaction", async () => {
    const tx = {} as never;
    await expect(memoryOutbox().enqueue([placing("1")], { tx })).rejects.toThrow("it can enqueue in no transaction");
  });

  test("strict order costs the same for each event however many wait", { timeout: 30_000 }, async () => {
    /** Microseconds for each of so many. */
    const cost = async (count: number) => {
      const outbox = memoryOutbox();
      for (let n = 0; n < count; n += 1) await put(outbox, String(n), { order: "fifo" });
      const started = process.cpuUsage().user;
      for (let n = 0; n < count; n += 1) {
        const item = await take(outbox, { order: "fifo" });
        if (item.event.id !== String(n)) throw new Error(`${item.event.id} came in the place of ${n}.`);
        await outbox.look({ owner: "me", endpoints: [{ endpoint: "a", order: "fifo" }] });
        await finish(outbox, item, { kind: "done" });
      }
      return (process.cpuUsage().user - started) / count;
    };
    await cost(2_000);
    const few = Math.min(await cost(3_000), await cost(3_000));
    const many = await cost(60_000);
    expect(many / few).toBeLessThan(3);
  });

  test("forgets the oldest dead letter beyond its bound, and says so", async () => {
    const forgotten: string[] = [];
    const outbox = memoryOutbox({ deadLetters: 1, onForgotten: (letter) => forgotten.push(letter.event.id) });
    for (const id of ["1", "2"]) {
      await put(outbox, id);
      const [item] = await claim(outbox);
      if (item !== undefined) await finish(outbox, item, { kind: "bury" });
    }
    expect(forgotten).toEqual(["1"]);
    expect(await outbox.stats(["a"])).toEqual([{ endpoint: "a", pending: 0, claimed: 0, dead: 1 }]);
  });
});
