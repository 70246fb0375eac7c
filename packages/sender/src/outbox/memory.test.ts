import { describe, expect, test } from "vitest";
import { outboxContract } from "../testing/outbox-contract.ts";
import { memoryOutbox } from "./memory.ts";
import { type ClaimedItem, OutboxFull } from "./outbox.ts";

describe("memory outbox", () => {
  for (const { name, run } of outboxContract(async () => ({ outbox: memoryOutbox() }))) test(name, run);

  const event = (id: string) => ({ id, generated: false, type: "t", severity: "info" as const, time: 0, data: "{}" });

  test("refuses for all endpoints when one of them is full", async () => {
    const outbox = memoryOutbox({ capacity: 1 });
    await outbox.enqueue(event("1"), [{ endpoint: "a", at: 0 }], 0);
    const both = [
      { endpoint: "b", at: 0 },
      { endpoint: "a", at: 0 },
    ];
    await expect(outbox.enqueue(event("2"), both, 0)).rejects.toThrow(OutboxFull);
    expect(await outbox.stats("b")).toEqual({ pending: 0, claimed: 0, dead: 0 });
  });

  test("strict order costs the same for each event however many wait", { timeout: 30_000 }, async () => {
    /** Microseconds for each of so many. */
    const cost = async (count: number) => {
      const outbox = memoryOutbox();
      for (let n = 0; n < count; n += 1) await outbox.enqueue(event(String(n)), [{ endpoint: "a", at: 0 }], 0);
      const started = performance.now();
      for (let n = 0; n < count; n += 1) {
        const [item] = await outbox.claim({ endpoint: "a", now: 0, lease: 1_000, limit: 1, order: "fifo" });
        if (item?.event.id !== String(n)) throw new Error(`${item?.event.id} came in the place of ${n}.`);
        await outbox.nextDue("a", "fifo");
        await outbox.done(item as ClaimedItem, 0);
      }
      return ((performance.now() - started) * 1_000) / count;
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
      await outbox.enqueue(event(id), [{ endpoint: "a", at: 0 }], 0);
      const [item] = await outbox.claim({ endpoint: "a", now: 0, lease: 1, limit: 1, order: "due" });
      await outbox.bury(item as ClaimedItem, { reason: "exhausted", message: "", at: 0 });
    }
    expect(forgotten).toEqual(["1"]);
    expect(await outbox.stats("a")).toEqual({ pending: 0, claimed: 0, dead: 1 });
  });
});
