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

  test("refuses beyond its bytes, for one endpoint and for all together, and has room again when they are gone", async () => {
    const outbox = memoryOutbox({ bytes: 1_000, bytesPerEndpoint: 600, clock: fakeClock() });
    const of = (bytes: number) => ({ data: "x".repeat(bytes - 5) }); // with an id of one and "test" as the type
    await put(outbox, "1", {}, of(400));
    await expect(outbox.enqueue([placing("2", {}, of(201))])).rejects.toMatchObject({
      code: "outbox_full",
      endpoint: "a",
    });
    await put(outbox, "3", {}, of(200));
    await expect(
      outbox.enqueue([placing("4", { endpoint: "b" }, of(200)), placing("5", { endpoint: "b" }, of(201))]),
    ).rejects.toMatchObject({ endpoint: "b" });
    await put(outbox, "6", { endpoint: "b" }, of(400));
    await expect(outbox.enqueue([placing("7", { endpoint: "c" }, of(10))])).rejects.toMatchObject({ endpoint: "c" });
    // What is in hand weighs until it has ended; what waits for its retry, too.
    const first = await take(outbox);
    await expect(outbox.enqueue([placing("8", {}, of(10))])).rejects.toThrow(OutboxFull);
    await finish(outbox, first, { kind: "retry" });
    await expect(outbox.enqueue([placing("8", {}, of(10))])).rejects.toThrow(OutboxFull);
    await finish(outbox, await take(outbox, { limit: 1 }), { kind: "done" });
    await put(outbox, "9", {}, of(400));
    // Neither does a removed endpoint's.
    await outbox.removeEndpoint("b", 1);
    await put(outbox, "x", { endpoint: "c" }, of(400));
  });

  test("counts the bytes of an event once for each endpoint, and none for one that it has already", async () => {
    const outbox = memoryOutbox({ bytes: 200 });
    const placements = ["a", "b"].map((endpoint) => ({ endpoint, generation: 1 }));
    const event = { data: "x".repeat(95) };
    await expect(outbox.enqueue([{ ...placing("1", {}, { data: "x".repeat(96) }), placements }])).rejects.toThrow(
      OutboxFull,
    );
    await outbox.enqueue([{ ...placing("1", {}, event), placements }]);
    await outbox.enqueue([{ ...placing("1", {}, event), placements }]);
    expect(await outbox.stats()).toMatchObject([{ pending: 1 }, { pending: 1 }]);
  });

  test("dead letters weigh too: beyond the bytes the oldest is forgotten", async () => {
    const forgotten: string[] = [];
    const onForgotten = (letter: { event: { id: string } }) => forgotten.push(letter.event.id);
    const outbox = memoryOutbox({ bytes: 300, bytesPerEndpoint: 200, onForgotten });
    const die = async (id: string, endpoint: string) => {
      await put(outbox, id, { endpoint }, { data: "x".repeat(95) });
      await finish(outbox, await take(outbox, { endpoint }), { kind: "bury" });
    };
    for (const id of ["1", "2", "3"]) await die(id, "a");
    expect(forgotten).toEqual(["1"]);
    for (const id of ["4", "5"]) await die(id, "b");
    expect(forgotten).toEqual(["1", "2"]);
    expect(await outbox.redrive({ endpoint: "a", limit: 10 })).toMatchObject({ moved: 1 });
    await die("6", "b");
    expect(forgotten).toEqual(["1", "2", "4"]);
  });

  test("is part of no database, and says so to who wants to enqueue in a transaction", async () => {
    const tx = {} as never;
    await expect(memoryOutbox().enqueue([placing("1")], { tx })).rejects.toThrow("it can enqueue in no transaction");
  });

  test("a retry behind many that wait is found without looking through them", async () => {
    const clock = fakeClock();
    const outbox = memoryOutbox({ clock });
    for (let n = 0; n < 200; n += 1) await put(outbox, String(n), { order: "fifo" });
    for (let n = 0; n < 200; n += 1) {
      await finish(outbox, await take(outbox, { order: "fifo" }), { kind: "retry", delay: 1_000 });
      expect(await claim(outbox, { order: "fifo" })).toEqual([]);
      clock.advance(1_000);
      const again = await take(outbox, { order: "fifo" });
      expect(again.event.id).toBe(String(n));
      await finish(outbox, again, { kind: "done" });
    }
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
