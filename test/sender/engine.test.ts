import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  createSender,
  type EndpointOptions,
  type Format,
  json,
  memoryOutbox,
  never,
  OutboxFull,
  type SenderOptions,
  senderChannels,
  waits,
} from "@countersign/sender";
import { describe, expect, it } from "vitest";
import { type StubAnswer, stubTransport, testClock } from "./support.ts";

const url = "https://example.com/hooks";

function stage(
  endpoint: Partial<EndpointOptions>,
  answer: (index: number, text: string) => StubAnswer = () => 200,
  own: Partial<SenderOptions> = {},
) {
  const clock = testClock();
  const start = clock.now();
  const { transport, requests } = stubTransport(clock, (request, index) =>
    answer(index, Buffer.from(request.body ?? []).toString()),
  );
  const sender = createSender({ clock, transport, endpoints: [{ name: "e", url, ...endpoint }], ...own });
  const data = () => requests.map((request) => JSON.parse(request.text).data);
  return { clock, sender, requests, data, times: () => requests.map((request) => request.at - start) };
}

describe("delivery", () => {
  it("send resolves once the event is in the outbox; the handle waits for the outcome", async () => {
    const { clock, sender } = stage({});
    const handle = await sender.send({ id: "evt_1", type: "t", data: 1 });
    expect(handle).toMatchObject({ id: "evt_1", placements: [{ endpoint: "e", status: "queued" }] });
    await clock.pass(1);
    expect(await handle.outcome()).toMatchObject([{ endpoint: "e", status: "delivered", attempts: 1 }]);
    expect(await handle.outcome()).toHaveLength(1);
  });

  it("takes the event as it was when it was sent", async () => {
    const { clock, sender, data } = stage({}, (index) => (index === 0 ? 503 : 200), {});
    const event = { type: "t", data: { list: [1] } };
    await sender.send(event);
    event.data.list.push(2);
    await clock.pass(60_000);
    expect(data()).toEqual([{ list: [1] }, { list: [1] }]);
  });

  it("the same id goes to the same endpoint once, also after it was delivered", async () => {
    const { clock, sender, requests } = stage({});
    await sender.send({ id: "evt_1", type: "t", data: 1 });
    await clock.pass(1);
    const again = await sender.send({ id: "evt_1", type: "t", data: 1 });
    expect(again.placements).toEqual([{ endpoint: "e", status: "duplicate" }]);
    expect(await again.outcome()).toMatchObject([{ status: "duplicate" }]);
    await clock.pass(1_000);
    expect(requests).toHaveLength(1);
  });

  it("a body that cannot be made is the end of the event, not of the endpoint", async () => {
    const body = json({
      event: ({ data }) => {
        if (data === 1) throw new Error("no");
        return { data };
      },
    });
    const { clock, sender, data } = stage({ body });
    const first = await sender.send({ type: "t", data: 1 });
    await sender.send({ type: "t", data: 2 });
    await clock.pass(1_000);
    expect((await first.outcome())[0]).toMatchObject({
      status: "dead",
      reason: "permanent",
      history: [{ error: "body_failed" }],
    });
    expect(data()).toEqual([2]);
  });

  it("a body beyond the limit is not sent", async () => {
    const { clock, sender, requests } = stage({ bodyLimit: 100 });
    const handle = await sender.send({ type: "t", data: "x".repeat(200) });
    await clock.pass(1);
    expect((await handle.outcome())[0]?.history[0]?.error).toBe("body_failed");
    expect(requests).toHaveLength(0);
  });
});

describe("order, rate, concurrency", () => {
  it("fifo: a failing event holds back those behind it, and the order stays", async () => {
    const { clock, sender, data } = stage({ order: "fifo", retry: waits(["10s", "10s"]), breaker: false }, (index) =>
      index < 2 ? 500 : 200,
    );
    for (const n of [1, 2, 3]) await sender.send({ type: "t", data: n });
    await clock.pass(60_000);
    expect(data()).toEqual([1, 1, 1, 2, 3]);
  });

  it("fifo: an event that is given up lets the next one through", async () => {
    const { clock, sender, data } = stage({ order: "fifo", retry: never() }, (index) => (index === 0 ? 500 : 200));
    for (const n of [1, 2]) await sender.send({ type: "t", data: n });
    await clock.pass(1_000);
    expect(data()).toEqual([1, 2]);
  });

  it("rate: never more than so many in any span", async () => {
    const { clock, sender, times } = stage({ rate: { requests: 3, per: "10s" } });
    for (let n = 0; n < 10; n += 1) await sender.send({ type: "t", data: n });
    await clock.pass(60_000);
    expect(times()).toEqual([0, 0, 0, 10_000, 10_000, 10_000, 20_000, 20_000, 20_000, 30_000]);
  });

  it("concurrency: never more at a time", async () => {
    const clock = testClock();
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
    await clock.pass(1_000);
    expect(most).toBe(5);
    expect(await sender.endpoints.stats("e")).toEqual({ pending: 0, claimed: 0, dead: 0 });
  });

  it("throttle: a full batch does not wait for its window; retries regroup", async () => {
    const body = json({ root: "array", event: (event) => event.data });
    const { clock, sender, requests, times } = stage(
      { body, throttle: { window: "5s", maxEvents: 3 }, retry: waits(["7s"]) },
      (index) => (index === 1 ? 500 : 200),
    );
    for (const n of [1, 2, 3, 4]) await sender.send({ type: "t", data: n });
    await clock.pass(5_500);
    await sender.send({ type: "t", data: 5 });
    await clock.pass(60_000);
    expect(requests.map((request) => JSON.parse(request.text))).toEqual([[1, 2, 3], [4], [5], [4]]);
    expect(times()).toEqual([0, 5_000, 10_500, 12_000]);
  });
});

describe("circuit breaker", () => {
  const breaker = { failures: 0.5, minimum: 4, window: "1m", cooldown: "30s" };

  it("opens, keeps events, lets one attempt through, and closes", async () => {
    let ill = true;
    const states: string[] = [];
    const hooks = { breaker: ({ state }: { state: string }) => void states.push(state) };
    const { clock, sender, times, requests } = stage(
      { breaker, retry: waits(Array(20).fill("1s")), concurrency: 4 },
      () => (ill ? 500 : 200),
      { hooks },
    );
    for (let n = 0; n < 4; n += 1) await sender.send({ type: "t", data: n });
    await clock.pass(1_000);
    expect(states).toEqual(["opened"]);
    expect(sender.endpoints.describe("e").breaker).toBe("open");
    for (let n = 4; n < 10; n += 1) await sender.send({ type: "t", data: n });
    await clock.pass(28_000);
    expect(requests).toHaveLength(4);
    await clock.pass(2_000);
    expect(times()[4]).toBe(30_000);
    expect(requests).toHaveLength(5);
    ill = false;
    await clock.pass(31_000);
    expect(states).toEqual(["opened", "closed"]);
    expect(await sender.endpoints.stats("e")).toEqual({ pending: 0, claimed: 0, dead: 0 });
  });

  it("an answer that refuses the event says nothing about the endpoint", async () => {
    const { clock, sender, requests } = stage({ breaker }, () => 400);
    for (let n = 0; n < 20; n += 1) await sender.send({ type: "t", data: n });
    await clock.pass(1_000);
    expect(requests).toHaveLength(20);
  });
});

describe("dead letters", () => {
  it("keep the event with its attempts, and can be sent again", async () => {
    let ill = true;
    const { clock, sender, data } = stage({ retry: waits(["1s"]) }, () =>
      ill ? { status: 503, body: "down for repairs" } : 200,
    );
    await sender.send({ type: "t", data: "precious" });
    await clock.pass(10_000);
    const [letter] = await sender.deadLetters.list({ endpoint: "e" });
    expect(letter).toMatchObject({
      attempts: 2,
      burial: { reason: "exhausted" },
      event: { type: "t", data: '"precious"' },
    });
    expect(letter?.history.map((one) => [one.status, one.excerpt])).toEqual([
      [503, "down for repairs"],
      [503, "down for repairs"],
    ]);
    ill = false;
    expect(await sender.deadLetters.redriveAll("e")).toBe(1);
    await clock.pass(10);
    expect(data()).toEqual(["precious", "precious", "precious"]);
    expect(await sender.deadLetters.list()).toEqual([]);
    expect(await sender.deadLetters.redrive(letter?.id as string)).toBe(false);
  });

  it("webhook.dlq goes to who asks for it, never to the endpoint that failed, and its own failure raises nothing", async () => {
    const clock = testClock();
    const { transport, requests } = stubTransport(clock, () => 400);
    const endpoint = (name: string, filter: object) => ({ name, url: `https://${name}.example.com/`, filter });
    const sender = createSender({
      clock,
      transport,
      endpoints: [
        endpoint("a", { include: ["t", "webhook.dlq"] }),
        endpoint("alarm", { include: ["webhook.dlq"] }),
        endpoint("everything", {}),
      ],
    });
    await sender.send({ id: "evt_1", type: "t", data: "private" }, { to: "a" });
    await clock.pass(60_000);
    expect(requests.map((request) => request.url.host)).toEqual(["a.example.com", "alarm.example.com"]);
    expect(JSON.parse(requests[1]?.text as string)).toMatchObject({
      type: "webhook.dlq",
      severity: "error",
      data: { endpoint: "a", reason: "permanent", attempts: 1, event: { id: "evt_1", type: "t" } },
    });
    expect(requests[1]?.text).not.toContain("private");
    expect(await sender.deadLetters.list()).toHaveLength(2);
  });
});

describe("a delivery of several requests", () => {
  /** Three requests for each delivery. */
  const format: Format = {
    platform: "parts",
    contentType: "application/json",
    destination: (given) => given,
    messages: (events, { requestId }) =>
      [1, 2, 3].map((part) => ({
        body: JSON.stringify({ data: { part, events: events.map((event) => event.data), id: requestId() } }),
        cuts: [],
      })),
    judge: ({ status }) => (status === 200 ? { kind: "success" } : { kind: "retry", reason: "no" }),
    rate: { requests: 100, per: 1_000 },
  };

  it("goes on where it was interrupted, with the same request ids", async () => {
    const { clock, sender, data } = stage({ format, retry: waits(["1s", "1s"]) }, (index) =>
      index === 1 || index === 3 ? 500 : 200,
    );
    const handle = await sender.send({ type: "t", data: "x" });
    await clock.pass(10_000);
    expect(data().map((one) => one.part)).toEqual([1, 2, 2, 3, 3]);
    expect(data()[1].id).toBe(data()[2].id);
    expect(data()[3].id).toBe(data()[4].id);
    expect(data()[0].id).not.toBe(data()[1].id);
    expect(data()[0].id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await handle.outcome())[0]).toMatchObject({ status: "delivered", attempts: 3 });
  });

  it("an interrupted batch keeps its events together; later ones wait their turn", async () => {
    const options = { format, throttle: { window: "1s", maxEvents: 10 }, retry: waits(["5s", "5s"]) };
    const { clock, sender, data } = stage(options, (index) => (index === 1 ? 500 : 200));
    for (const n of [1, 2]) await sender.send({ type: "t", data: n });
    await clock.pass(5_500);
    await sender.send({ type: "t", data: 3 });
    await clock.pass(30_000);
    expect(data().map(({ part, events }) => [part, events])).toEqual([
      [1, [1, 2]],
      [2, [1, 2]],
      [2, [1, 2]],
      [3, [1, 2]],
      [1, [3]],
      [2, [3]],
      [3, [3]],
    ]);
  });

  it("the format's rate counts every request", async () => {
    const slow = { ...format, rate: { requests: 1, per: 1_000 } };
    const { clock, sender, times } = stage({ format: slow });
    for (const n of [1, 2]) await sender.send({ type: "t", data: n });
    await clock.pass(60_000);
    const [first, ...rest] = times();
    expect(first).toBe(0);
    for (const [index, time] of rest.entries()) expect(time - (times()[index] as number)).toBeGreaterThanOrEqual(1_000);
    expect(times()).toHaveLength(6);
  });
});

describe("endpoints while it runs", () => {
  it("are added, replaced, disabled, enabled and removed", async () => {
    const { clock, sender, requests } = stage({});
    sender.endpoints.add({ name: "late", url: "https://late.example.com/" });
    await sender.endpoints.disable("late", "maintenance");
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.pass(1);
    expect(requests.map((request) => request.url.host)).toEqual(["example.com"]);
    expect(sender.endpoints.describe("late")).toMatchObject({
      enabled: false,
      reason: "maintenance",
      url: "https://late.example.com/",
    });
    sender.endpoints.replace({ name: "late", url: "https://moved.example.com/" });
    await sender.endpoints.enable("late");
    await clock.pass(1);
    expect(requests.map((request) => request.url.host)).toEqual(["example.com", "moved.example.com"]);
    expect((await handle.outcome()).map((outcome) => outcome.status)).toEqual(["delivered", "delivered"]);
    await sender.endpoints.disable("late");
    const waiting = await sender.send({ type: "t", data: 2 }, { to: ["late"] });
    expect(await sender.endpoints.remove("late")).toBe(1);
    expect((await waiting.outcome())[0]?.status).toBe("cancelled");
    expect(sender.endpoints.list().map((one) => one.name)).toEqual(["e"]);
  });

  it("a 410 is remembered by the outbox", async () => {
    const outbox = memoryOutbox();
    const { clock, sender } = stage({}, () => 410, { outbox });
    await sender.send({ type: "t", data: 1 });
    await clock.pass(1);
    expect(await outbox.endpointState("e")).toMatchObject({ disabled: true });
    const { transport, requests } = stubTransport(clock, () => 200);
    const second = createSender({ clock, transport, outbox, endpoints: [{ name: "e", url }] });
    await clock.pass(60_000);
    expect(requests).toHaveLength(0);
    await second.endpoints.enable("e");
    await clock.pass(1);
    expect(requests).toHaveLength(1);
  });
});

describe("room", () => {
  it("refuses an event when an endpoint has no room, for all of its endpoints; a lossy one drops instead", async () => {
    const dropped: string[] = [];
    const hooks = { discarded: ({ endpoint }: { endpoint: string }) => void dropped.push(endpoint) };
    const sender = createSender({
      outbox: memoryOutbox({ capacity: 1 }),
      hooks,
      endpoints: [
        { name: "strict", url, enabled: false },
        { name: "lossy", url, enabled: false, lossy: true },
      ],
    });
    await sender.send({ type: "t", data: 1 });
    await expect(sender.send({ type: "t", data: 2 })).rejects.toThrow(OutboxFull);
    const handle = await sender.send({ type: "t", data: 2 }, { to: "lossy" });
    expect(handle.placements).toEqual([{ endpoint: "lossy", status: "dropped" }]);
    expect(dropped).toEqual(["lossy"]);
  });
});

describe("life", () => {
  it("close sends what is due, waits for no retry, and leaves the rest in the outbox", async () => {
    const outbox = memoryOutbox();
    const { clock, sender, data } = stage(
      { retry: waits(["1h"]) },
      (_index, text) => (text.includes('"bad"') ? 500 : 200),
      { outbox },
    );
    const bad = await sender.send({ type: "t", data: "bad" });
    for (const n of [1, 2, 3]) await sender.send({ type: "t", data: n });
    const closing = sender.close();
    await clock.pass(10);
    await closing;
    expect(data()).toEqual(expect.arrayContaining([1, 2, 3]));
    expect((await bad.outcome())[0]?.status).toBe("pending");
    await expect(sender.send({ type: "t", data: 4 })).rejects.toThrow(expect.objectContaining({ code: "closed" }));
    await sender.close();
  });

  it("close flushes an open throttle window", async () => {
    const { clock, sender, requests } = stage({ body: json({ root: "array" }), throttle: { window: "1h" } });
    await sender.send({ type: "t", data: 1 });
    const closing = sender.close();
    await clock.pass(10);
    await closing;
    expect(requests).toHaveLength(1);
  });

  it("what is under way at the deadline counts no attempt and stays", async () => {
    const clock = testClock();
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
    await clock.pass(1);
    const closing = sender.close({ timeout: "5s" });
    await clock.pass(5_000);
    await closing;
    expect(retried).toMatchObject([[{ attempts: 0, event: { data: "1" } }]]);
  });

  it("hooks and channels are told; a hook that throws changes nothing", async () => {
    const told: string[] = [];
    const onChannel = (message: unknown) => told.push(`channel ${(message as { event: { id: string } }).event.id}`);
    subscribe(senderChannels.delivered, onChannel);
    const hooks: SenderOptions["hooks"] = {
      enqueued: () => void told.push("enqueued"),
      attempt: ({ attempt }) => void told.push(`attempt ${attempt.number} ${attempt.status}`),
      retry: ({ attempts }) => void told.push(`retry ${attempts}`),
      delivered: () => {
        throw new Error("a hook's own mistake");
      },
      failure: ({ where }) => void told.push(`failure ${where}`),
    };
    const { clock, sender } = stage({ retry: waits(["1s"]) }, (index) => (index === 0 ? 503 : 200), { hooks });
    const handle = await sender.send({ id: "evt_1", type: "t", data: 1 });
    await clock.pass(5_000);
    unsubscribe(senderChannels.delivered, onChannel);
    expect((await handle.outcome())[0]?.status).toBe("delivered");
    expect(told).toEqual(["enqueued", "attempt 1 503", "retry 1", "attempt 2 200", "channel evt_1", "failure hook"]);
  });

  it("an outbox that fails is asked again, and nothing is lost", async () => {
    const outbox = memoryOutbox();
    let failing = true;
    const flaky = {
      ...bound(outbox),
      claim: (request: Parameters<typeof outbox.claim>[0]) =>
        failing ? Promise.reject(new Error("down")) : outbox.claim(request),
    };
    const failures: unknown[] = [];
    const { clock, sender, requests } = stage({}, () => 200, {
      outbox: flaky,
      hooks: { failure: (event) => void failures.push(event.where) },
    });
    await sender.send({ type: "t", data: 1 });
    await clock.pass(2_500);
    expect(requests).toHaveLength(0);
    expect(failures).toContain("outbox");
    failing = false;
    await clock.pass(2_000);
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
