import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import type { EndpointOptions } from "../endpoint/options.ts";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { never, waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stateOf } from "../testing/outbox/kit.ts";
import { type StubAnswer, stubTransport } from "../testing/stub-transport.ts";
import type { Transport } from "../transport/transport.ts";

const url = "https://example.com/hooks";

/** Several senders over one outbox, as processes share one, each with a transport of its own. */
function fleet(endpoint: Partial<EndpointOptions>, answer: () => StubAnswer = () => 200) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const start = clock.now();
  const outbox = Object.assign(memoryOutbox({ clock }), { pollInterval: 1_000 });
  const times: number[] = [];
  const join = (own: Partial<EndpointOptions> = {}, transport?: Transport) => {
    const stub = stubTransport(clock, () => {
      times.push(clock.now() - start);
      return answer();
    });
    const endpoints = [{ name: "e", url, ...endpoint, ...own }];
    return createSender({ clock, transport: transport ?? stub, outbox, endpoints });
  };
  return { clock, outbox, times, join };
}

describe("several processes at one outbox", () => {
  test("an outcome is told in the process that sent, though another delivered", async () => {
    const { clock, times, join } = fleet({});
    const producer = join({ enabled: false });
    join();
    const handle = await producer.send({ type: "t", data: 1 });
    let ended: unknown;
    void handle.outcome().then((outcome) => {
      ended = outcome;
    });
    await clock.advanceAsync(3_000);
    expect(times).toHaveLength(1);
    expect(ended).toMatchObject([{ endpoint: "e", status: "delivered", attempts: 1 }]);
  });

  test("an endpoint that one of them disables is left alone by all, and enabled for all", async () => {
    const { clock, times, join } = fleet({});
    const one = join();
    const two = join();
    await clock.advanceAsync(1);
    await one.endpoints.disable("e", "maintenance");
    await two.send({ type: "t", data: 1 });
    await clock.advanceAsync(5_000);
    expect(times).toEqual([]);
    expect(two.endpoints.describe("e")).toMatchObject({ enabled: false, reason: "maintenance" });
    await two.endpoints.enable("e");
    await clock.advanceAsync(2_000);
    expect(times).toHaveLength(1);
    expect(one.endpoints.describe("e").enabled).toBe(true);
  });

  test("a Retry-After that one of them is given is kept by all", async () => {
    const { clock, times, join } = fleet({ retry: waits(["1s"]) }, () => ({
      status: 429,
      headers: { "retry-after": "60" },
    }));
    const senders = [join(), join()];
    await senders[0]?.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    await senders[1]?.send({ type: "t", data: 2 });
    await clock.advanceAsync(59_000);
    expect(times).toEqual([0]);
  });

  test("a rate holds for all of them together", async () => {
    const { clock, times, join } = fleet({ rate: { requests: 2, per: "10s" } });
    const senders = [join(), join(), join()];
    for (let n = 0; n < 12; n += 1) await senders[n % 3]?.send({ type: "t", data: n });
    await clock.advanceAsync(300_000);
    expect(times).toHaveLength(12);
    for (const [index, time] of times.entries()) {
      if (index >= 2) expect(time - (times[index - 2] as number)).toBeGreaterThanOrEqual(10_000);
    }
  });

  test("behind a breaker that one of them opened all wait, and each tries once", async () => {
    let ill = true;
    const breaker = { failures: 0.5, minimum: 4, window: "1m", cooldown: "30s" };
    const { clock, times, outbox, join } = fleet({ breaker, retry: waits(Array(20).fill("1s")) }, () =>
      ill ? 500 : 200,
    );
    const [one, two] = [join(), join()];
    for (let n = 0; n < 4; n += 1) await one.send({ type: "t", data: n });
    await clock.advanceAsync(1);
    const before = times.length;
    expect(await stateOf(outbox, "e")).toMatchObject({ breaker: true });
    for (let n = 0; n < 20; n += 1) await two.send({ type: "t", data: n });
    await clock.advanceAsync(29_000);
    expect(times).toHaveLength(before);
    await clock.advanceAsync(2_500);
    expect(times.length - before).toBeLessThanOrEqual(2);
    expect(times.length - before).toBeGreaterThan(0);
    ill = false;
    await clock.advanceAsync(120_000);
    expect(await stateOf(outbox, "e")).toMatchObject({ breaker: false });
    expect(await outbox.stats(["e"])).toMatchObject([{ pending: 0, claimed: 0, dead: 0 }]);
  });

  test("an endpoint that one of them removes gets nothing from the others, nor does the next of its name", async () => {
    const { clock, times, join } = fleet({ enabled: false });
    const [one, two] = [join(), join()];
    await clock.advanceAsync(1);
    const waiting = await two.send({ type: "t", data: 1 });
    await one.endpoints.remove("e");
    one.endpoints.add({ name: "e", url: "https://another.example.com/" });
    const late = await two.send({ type: "t", data: 2 });
    expect(late.placements).toEqual([{ endpoint: "e", status: "removed" }]);
    const outcome = waiting.outcome();
    await clock.advanceAsync(60_000);
    expect(times).toEqual([]);
    expect((await outcome)[0]?.status).toBe("cancelled");
    expect((await late.outcome())[0]?.status).toBe("cancelled");
  });
});

describe("a process that was frozen", () => {
  test("sends nothing that another has taken meanwhile, and writes nothing down", async () => {
    const { clock, outbox, times, join } = fleet({ retry: never() });
    const frozen: (() => void)[] = [];
    const slow = { ...outbox, ...bound(outbox), pollInterval: undefined as never };
    // Between its claim and its request it stands still for longer than its lease.
    slow.claim = async (ask) => {
      const items = await outbox.claim(ask);
      if (items.length > 0) await new Promise<void>((resolve) => frozen.push(resolve));
      return items;
    };
    const stale = stubTransport(clock);
    const one = createSender({ clock, transport: stale, outbox: slow, endpoints: [{ name: "e", url }] });
    await one.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    expect(frozen).toHaveLength(1);
    join();
    await clock.advanceAsync(120_000);
    expect(times).toHaveLength(1);
    for (const thaw of frozen) thaw();
    await clock.advanceAsync(60_000);
    expect(stale.requests).toHaveLength(0);
    expect(times).toHaveLength(1);
    expect(await outbox.stats(["e"])).toMatchObject([{ pending: 0, claimed: 0, dead: 0 }]);
  });
});

/** A class instance's methods as a plain object. */
function bound<Value extends object>(value: Value): Value {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== "constructor");
  return Object.fromEntries(
    names.map((name) => [name, (value[name as keyof Value] as unknown as () => unknown).bind(value)]),
  ) as Value;
}

test("a claim whose answer was lost is given back, and waits for no lease", async () => {
  const { clock, outbox, times } = fleet({});
  const lossy = { ...outbox, ...bound(outbox) };
  let lost = 0;
  lossy.claim = async (ask) => {
    const items = await outbox.claim(ask);
    if (items.length === 0 || lost > 0) return items;
    lost += 1;
    throw new Error("connection lost");
  };
  const transport = stubTransport(clock, () => {
    times.push(clock.now());
    return 200;
  });
  const sender = createSender({ clock, transport, outbox: lossy, endpoints: [{ name: "e", url, order: "fifo" }] });
  await sender.send({ type: "t", data: 1 });
  await clock.advanceAsync(3_000);
  expect(lost).toBe(1);
  expect(times).toHaveLength(1);
});
