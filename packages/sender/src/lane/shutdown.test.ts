import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import { memoryOutbox } from "../outbox/memory.ts";
import { waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stageOne } from "../testing/stage-one.ts";

const url = "https://example.com/hooks";

describe("shutdown", () => {
  test("close sends what is due, waits for no retry, and leaves the rest in the outbox", async () => {
    const outbox = memoryOutbox();
    const { clock, sender, data } = stageOne(
      { retry: waits(["1h"]) },
      (_index, text) => (text.includes('"bad"') ? 500 : 200),
      { outbox },
    );
    const bad = await sender.send({ type: "t", data: "bad" });
    for (const n of [1, 2, 3]) await sender.send({ type: "t", data: n });
    const closing = sender.close();
    await clock.advanceAsync(10);
    await closing;
    expect(data()).toEqual(expect.arrayContaining([1, 2, 3]));
    expect((await bad.outcome())[0]?.status).toBe("pending");
    await expect(sender.send({ type: "t", data: 4 })).rejects.toThrow(expect.objectContaining({ code: "closed" }));
    await sender.close();
  });

  test("close flushes an open throttle window", async () => {
    const { clock, sender, requests } = stageOne({ body: json({ root: "array" }), throttle: { window: "1h" } });
    await sender.send({ type: "t", data: 1 });
    const closing = sender.close();
    await clock.advanceAsync(10);
    await closing;
    expect(requests).toHaveLength(1);
  });

  test("what is under way at the deadline counts no attempt and stays", async () => {
    const clock = fakeClock("2026-01-01T00:00:00Z");
    let end: (() => void) | undefined;
    const lost = { kind: "error" as const, code: "connection_lost" as const, message: "cut", timings: { total: 1 } };
    const transport = {
      request: () => new Promise<typeof lost>((resolve) => (end = () => resolve(lost))),
      close: async () => end?.(),
    };
    const outbox = memoryOutbox();
    const retried: unknown[] = [];
    const kept = { ...bound(outbox), close: async () => void retried.push(await outbox.pending("e", 10)) };
    const sender = createSender({ clock, transport, outbox: kept, endpoints: [{ name: "e", url }] });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const closing = sender.close({ timeout: "5s" });
    await clock.advanceAsync(5_000);
    await closing;
    expect(retried).toMatchObject([[{ attempts: 0, event: { data: "1" } }]]);
  });
});

/** A class instance's methods as a plain object. */
function bound<Value extends object>(value: Value): Value {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== "constructor");
  return Object.fromEntries(
    names.map((name) => [name, (value[name as keyof Value] as unknown as () => unknown).bind(value)]),
  ) as Value;
}
