import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { never, waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stage } from "../testing/stage.ts";
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

  test("a closed sender takes no more endpoints", async () => {
    const { sender } = stageOne();
    const closing = sender.close({ timeout: 0 });
    const another = { name: "late", url };
    expect(() => sender.endpoints.add(another)).toThrow(expect.objectContaining({ code: "closed" }));
    expect(() => sender.endpoints.replace({ name: "e", url })).toThrow(expect.objectContaining({ code: "closed" }));
    await closing;
    expect(() => sender.endpoints.add(another)).toThrow(expect.objectContaining({ code: "closed" }));
    expect(sender.endpoints.has("late")).toBe(false);
  });

  test("close flushes an open throttle window", async () => {
    const { clock, sender, requests } = stageOne({ body: json({ root: "array" }), throttle: { window: "1h" } });
    await sender.send({ type: "t", data: 1 });
    const closing = sender.close();
    await clock.advanceAsync(10);
    await closing;
    expect(requests).toHaveLength(1);
  });

  test("close sends all that is due under a rate, while the deadline allows it", async () => {
    const { clock, sender, times } = stageOne({ rate: { requests: 1, per: "1s" } });
    for (let n = 0; n < 5; n += 1) await sender.send({ type: "t", data: n });
    const closing = sender.close({ timeout: "10s" });
    await clock.advanceAsync(4_100);
    await closing;
    expect(times()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  test("close does not sit out a rate whose next turn comes after the deadline", async () => {
    const outbox = memoryOutbox();
    const { clock, sender, times } = stageOne({ rate: { requests: 1, per: "1h" } }, () => 200, { outbox });
    for (let n = 0; n < 5; n += 1) await sender.send({ type: "t", data: n });
    let closed = false;
    void sender.close({ timeout: "10s" }).then(() => {
      closed = true;
    });
    await clock.advanceAsync(100);
    await expect.poll(() => closed).toBe(true);
    expect(times()).toEqual([0]);
  });

  test("close sends webhook.dlq for what dies during the drain", async () => {
    const { clock, sender, requests } = stage(
      [
        { name: "a", url: "https://a.example.com/", retry: never(), filter: { include: ["t"] } },
        { name: "alarm", url: "https://alarm.example.com/", filter: { include: ["webhook.dlq"] } },
      ],
      (request) => (request.url.host === "a.example.com" ? 400 : 200),
    );
    const handle = await sender.send({ type: "t", data: 1 });
    const closing = sender.close();
    await clock.advanceAsync(100);
    await closing;
    expect((await handle.outcome())[0]?.status).toBe("dead");
    expect(requests.map((request) => request.url.host)).toEqual(["a.example.com", "alarm.example.com"]);
  });

  test("the outbox is closed only when what was cut has been given back, however slow it is", async () => {
    const clock = fakeClock("2026-01-01T00:00:00Z");
    let end: (() => void) | undefined;
    const lost = { kind: "error" as const, code: "connection_lost" as const, message: "cut", timings: { total: 1 } };
    const transport = {
      request: () => new Promise<typeof lost>((resolve) => (end = () => resolve(lost))),
      close: async () => end?.(),
    };
    const outbox = memoryOutbox();
    const calls: string[] = [];
    const slow: Outbox = {
      ...bound(outbox),
      async finish(results) {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 2_000));
        calls.push(...results.map((result) => result.kind));
        return outbox.finish(results);
      },
      async close() {
        calls.push(`close ${(await outbox.stats(["e"]))[0]?.pending}`);
        await outbox.close();
      },
    };
    const sender = createSender({ clock, transport, outbox: slow, endpoints: [{ name: "e", url }] });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const closing = sender.close({ timeout: "1s" });
    await clock.advanceAsync(1_000);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceAsync(3_000);
    await closing;
    expect(calls).toEqual(["retry", "close 1"]);
  });

  test("a transport that never lets go cannot keep close from ending", async () => {
    const clock = fakeClock("2026-01-01T00:00:00Z");
    const transport = { request: () => new Promise<never>(() => {}), close: async () => {} };
    const sender = createSender({ clock, transport, endpoints: [{ name: "e", url }] });
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const closing = sender.close({ timeout: "1s" });
    await clock.advanceAsync(30_000);
    await closing;
    expect((await handle.outcome())[0]?.status).toBe("pending");
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
    const kept = {
      ...bound(outbox),
      close: async () => void retried.push((await outbox.list({ state: "waiting", limit: 10 })).items),
    };
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
