import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { never, waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stageOne } from "../testing/stage-one.ts";

const url = "https://example.com/hooks";

describe("order, rate, concurrency", () => {
  test("fifo: a failing event holds back those behind it, and the order stays", async () => {
    const { clock, sender, data } = stageOne(
      { order: "fifo", retry: waits(["10s", "10s"]), breaker: false },
      (index) => (index < 2 ? 500 : 200),
    );
    for (const n of [1, 2, 3]) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(60_000);
    expect(data()).toEqual([1, 1, 1, 2, 3]);
  });

  test("fifo: an event that is given up lets the next one through", async () => {
    const { clock, sender, data } = stageOne({ order: "fifo", retry: never() }, (index) => (index === 0 ? 500 : 200));
    for (const n of [1, 2]) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(1_000);
    expect(data()).toEqual([1, 2]);
  });

  test("rate: never more than so many in any span", async () => {
    const { clock, sender, times } = stageOne({ rate: { requests: 3, per: "10s" } });
    for (let n = 0; n < 10; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(60_000);
    expect(times()).toEqual([0, 0, 0, 10_000, 10_000, 10_000, 20_000, 20_000, 20_000, 30_000]);
  });

  test("concurrency: never more at a time", async () => {
    const clock = fakeClock("2026-01-01T00:00:00Z");
    let now = 0;
    let most = 0;
    const transport = {
      async request() {
        now += 1;
        most = Math.max(most, now);
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 100));
        now -= 1;
        return {
          kind: "response" as const,
          status: 200,
          headers: {},
          body: "",
          truncated: false,
          timings: { total: 100 },
        };
      },
      close: async () => {},
    };
    const sender = createSender({ clock, transport, endpoints: [{ name: "e", url, concurrency: 5 }] });
    for (let n = 0; n < 50; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(1_000);
    expect(most).toBe(5);
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 0 });
  });

  test("throttle: a full batch does not wait for its window; retries regroup", async () => {
    const body = json({ root: "array", event: (event) => event.data });
    const { clock, sender, requests, times } = stageOne(
      { body, throttle: { window: "5s", maxEvents: 3 }, retry: waits(["7s"]) },
      (index) => (index === 1 ? 500 : 200),
    );
    for (const n of [1, 2, 3, 4]) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(5_500);
    await sender.send({ type: "t", data: 5 });
    await clock.advanceAsync(60_000);
    expect(requests.map((request) => JSON.parse(request.text))).toEqual([[1, 2, 3], [4], [5], [4]]);
    expect(times()).toEqual([0, 5_000, 10_500, 12_000]);
  });
});

test("throttle: a full batch waited out its window when the outbox took a moment to write its events down", async () => {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const memory = memoryOutbox({ clock });
  // Each enqueue is written a few milliseconds after its place was reckoned, as in any store.
  const outbox = Object.assign(Object.create(memory) as typeof memory, {
    enqueue: async (...given: Parameters<typeof memory.enqueue>) => {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 20));
      return memory.enqueue(...given);
    },
  });
  for (const method of ["claim", "extend", "finish", "release", "look", "list", "outcomes", "stats", "close"] as const)
    outbox[method] = memory[method].bind(memory) as never;
  const body = json({ root: "array", event: (event) => event.data });
  const { sender, times } = stageOne({ body, throttle: { window: "5s", maxEvents: 2 } }, () => 200, { clock, outbox });
  const sent = [1, 2].map((data) => sender.send({ type: "t", data }));
  await clock.advanceAsync(20);
  await Promise.all(sent);
  await clock.advanceAsync(1_000);
  expect(times()).toEqual([20]);
});

describe("circuit breaker", () => {
  const breaker = { failures: 0.5, minimum: 4, window: "1m", cooldown: "30s" };

  test("opens, keeps events, lets one attempt through, and closes", async () => {
    let ill = true;
    const states: string[] = [];
    const hooks = { breaker: ({ state }: { state: string }) => void states.push(state) };
    const { clock, sender, times, requests } = stageOne(
      { breaker, retry: waits(Array(20).fill("1s")), concurrency: 4 },
      () => (ill ? 500 : 200),
      { hooks },
    );
    for (let n = 0; n < 4; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(1_000);
    expect(states).toEqual(["opened"]);
    expect(sender.endpoints.describe("e").breaker).toBe("open");
    for (let n = 4; n < 10; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(28_000);
    expect(requests).toHaveLength(4);
    await clock.advanceAsync(2_000);
    expect(times()[4]).toBe(30_000);
    expect(requests).toHaveLength(5);
    ill = false;
    await clock.advanceAsync(31_000);
    expect(states).toEqual(["opened", "closed"]);
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 0 });
  });

  test("an answer that refuses the event says nothing about the endpoint", async () => {
    const { clock, sender, requests } = stageOne({ breaker }, () => 400);
    for (let n = 0; n < 20; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(1_000);
    expect(requests).toHaveLength(20);
  });
});

describe("outbox", () => {
  test("an outbox that fails is asked again, and nothing is lost", async () => {
    const outbox = memoryOutbox();
    let failing = true;
    const flaky = {
      ...bound(outbox),
      claim: (request: Parameters<typeof outbox.claim>[0]) =>
        failing ? Promise.reject(new Error("down")) : outbox.claim(request),
    };
    const failures: unknown[] = [];
    const { clock, sender, requests } = stageOne({}, () => 200, {
      outbox: flaky,
      hooks: { failure: (event) => void failures.push(event.where) },
    });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(2_500);
    expect(requests).toHaveLength(0);
    expect(failures).toContain("outbox");
    failing = false;
    await clock.advanceAsync(2_000);
    expect(requests).toHaveLength(1);
  });
});

/** A class instance's methods as a plain object. */
function bound<Value extends object>(value: Value): Value {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== "constructor");
  return Object.fromEntries(
    names.map((name) => [name, (value[name as keyof Value] as unknown as () => unknown).bind(value)]),
  ) as Value;
}
