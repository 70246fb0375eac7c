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
