import { type ChatOptions, type ChatPlatform, discord } from "@countersign/chat";
import { type FakeClock, fakeClock } from "@countersign/core/testing";
import {
  createSender,
  type EndpointOptions,
  every,
  httpTransport,
  type Sender,
  type SendHandle,
  type Transport,
  type WebhookEvent,
} from "@countersign/sender";
import { fromTailscale } from "@countersign/systems";
import { afterEach, describe, expect, test } from "vitest";
import { type Platform, platforms } from "./platforms.ts";
import { tailscaleEvents } from "./tailscale-events.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A sender and a stand-in under one clock, which goes on only while no request is on its way. */
async function set(platform: Platform, options: Partial<EndpointOptions> = {}, chat: ChatOptions = {}) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const standIn = await platform.start(() => clock.now());
  const guard = { allow: ["127.0.0.0/8"], schemes: ["http"] } as const;
  const real = httpTransport({ guard });
  let underWay = 0;
  const transport: Transport = {
    async request(request) {
      underWay += 1;
      return real.request(request).finally(() => {
        underWay -= 1;
      });
    },
    close: () => real.close(),
  };
  const format = platform.make({ origin: standIn.origin, ...chat });
  const told: unknown[] = [];
  const sender = createSender({
    clock,
    transport,
    guard,
    random: () => 0.5,
    hooks: { attempt: (event) => told.push(event), failure: (event) => told.push(event) },
    endpoints: [
      { name: "chat", url: standIn.url, format, retry: every("1s", { for: "10m" }), breaker: false, ...options },
    ],
  });
  open.push(
    {
      close: async () => {
        const closed = sender.close({ timeout: 0 });
        await clock.advanceAsync(60_000);
        await closed;
      },
    },
    standIn,
  );
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Lets time go by until the condition holds. */
  const until = async (holds: () => boolean) => {
    for (let turns = 0; turns < 20_000 && !holds(); turns++) {
      await turn();
      if (underWay === 0) await clock.advanceAsync(50);
    }
    expect(holds()).toBe(true);
  };
  const finish = async (handles: readonly SendHandle[]) => {
    let done: Awaited<ReturnType<SendHandle["outcome"]>>[] | undefined;
    void Promise.all(handles.map((handle) => handle.outcome())).then((outcomes) => {
      done = outcomes;
    });
    await until(() => done !== undefined);
    return (done ?? []).flat();
  };
  return { clock, standIn, sender, told, until, finish };
}

const sendAll = (sender: Sender, events: readonly WebhookEvent[]) =>
  Promise.all(events.map((event) => sender.send(event)));
const node = tailscaleEvents.find(({ type }) => type === "nodeCreated") as object;
const events = (count: number): WebhookEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: "nodeCreated", data: { ...node, message: `node ${index}` } }));
const elapsed = (clock: FakeClock) => clock.now() - Date.parse("2026-01-01T00:00:00Z");

describe.each(platforms)("$name, end to end", (platform) => {
  test("takes an event", async () => {
    const { standIn, sender, finish } = await set(platform);
    const [outcome] = await finish([await sender.send({ type: "nodeCreated", data: node })]);
    expect(outcome).toMatchObject({ status: "delivered", attempts: 1 });
    expect(standIn.posted[0]?.body).toContain("Node created");
    expect(standIn.refused).toEqual([]);
  });

  test("is never asked faster than it allows", async () => {
    const { clock, standIn, sender, finish } = await set(platform);
    const outcomes = await finish(await sendAll(sender, events(12)));
    expect(outcomes.every(({ status, attempts }) => status === "delivered" && attempts === 1)).toBe(true);
    expect(standIn.posted).toHaveLength(12);
    expect(standIn.refused).toEqual([]);
    expect(elapsed(clock)).toBeLessThan(60_000);
  });

  test("is waited for when somebody else has spent its allowance", async () => {
    const { clock, standIn, sender, finish } = await set(platform);
    standIn.spend(clock.now() - 100);
    const [outcome] = await finish([await sender.send({ type: "nodeCreated", data: node })]);
    expect(outcome).toMatchObject({ status: "delivered", attempts: 2 });
    expect(standIn.refused).toHaveLength(1);
    expect(standIn.refused[0]).toMatch(/^429/);
  });

  test("gets several events of a batch as one message", async () => {
    const { standIn, sender, finish } = await set(platform, { throttle: { window: "5s", maxEvents: 50 } });
    await finish(await sendAll(sender, events(6)));
    expect(standIn.posted).toHaveLength(1);
    expect(standIn.posted[0]?.body).toContain("6 events from Tailscale");
    for (let index = 0; index < 6; index++) expect(standIn.posted[0]?.body).toContain(`node ${index}`);
  });

  test("has what did not fit in the attempt's record, and so in its hook", async () => {
    const { sender, told, finish } = await set(platform);
    const message = "A long story. ".repeat(5000);
    const [outcome] = await finish([await sender.send({ type: "report", data: { message } })]);
    const cuts = [{ path: "text", removed: expect.any(Number) }];
    expect(outcome?.history[0]?.cuts).toEqual(cuts);
    expect(told).toEqual([expect.objectContaining({ attempt: expect.objectContaining({ cuts }) })]);
  });

  test("gets the parts of a long event in order", async () => {
    const { standIn, sender, finish } = await set(platform, {}, { overflow: "split" });
    const message = Array.from({ length: 5000 }, (_, index) => `w${index}`).join(" ");
    const [outcome] = await finish([await sender.send({ type: "report", data: { message } })]);
    expect(outcome).toMatchObject({ status: "delivered", attempts: 1 });
    expect(standIn.posted.length).toBeGreaterThan(1);
    standIn.posted.forEach(({ body }, index) => {
      expect(body).toMatch(new RegExp(`\\(${index + 1}/${standIn.posted.length}`));
    });
    expect(standIn.refused).toEqual([]);
  });

  test("never refuses a payload, whatever is in the event", async () => {
    const { standIn, sender, finish } = await set(platform, { throttle: { window: "1s", maxEvents: 20 } });
    const hostile = [
      "<!channel>@everyone<users/all>",
      "👨‍👩‍👧‍👦",
      "\ud800",
      "```\n",
      "[x](https://evil.example)",
      "\u0000",
      '"\\',
      "😀".repeat(50),
    ];
    const all = hostile.map((text) => ({
      type: "hostile",
      data: { title: text.repeat(300), message: text.repeat(3000), [text]: text.repeat(100), list: [{ text }] },
    }));
    const outcomes = await finish(await sendAll(sender, all));
    expect(outcomes.every(({ status }) => status === "delivered")).toBe(true);
    expect(standIn.refused).toEqual([]);
  });

  test("is tried again after a failure of its own", async () => {
    const { standIn, sender, finish } = await set(platform);
    standIn.fail(2);
    const [outcome] = await finish([await sender.send({ type: "nodeCreated", data: node })]);
    expect(outcome).toMatchObject({ status: "delivered", attempts: 3 });
    expect(standIn.posted).toHaveLength(1);
  });

  test("is left alone once its webhook is gone, and keeps its events", async () => {
    const { standIn, sender, until } = await set(platform);
    standIn.delete();
    await sender.send({ type: "nodeCreated", data: node });
    // Mattermost says the same when its store fails, so it is asked again before it is believed.
    const times = platform.name === "mattermost" ? 3 : 1;
    await until(() => standIn.refused.length === times);
    await until(() => sender.endpoints.list()[0]?.enabled === false);
    await sender.send({ type: "nodeCreated", data: node });
    await until(() => true);
    expect(standIn.refused).toHaveLength(times);
  });

  test("keeps its address to itself", async () => {
    const { standIn, sender, told, finish } = await set(platform);
    standIn.fail(1);
    const outcomes = await finish([await sender.send({ type: "nodeCreated", data: node })]);
    const shown = JSON.stringify([outcomes, told, sender.endpoints.list(), await sender.test("chat")]);
    expect(shown).not.toMatch(/secret/i);
  });
});

test("Discord: a dead thread ends its own events, and neither the webhook nor those of other threads", async () => {
  const [alive, dead] = ["12345678901234567", "76543210987654321"];
  const platform = platforms.find(({ name }) => name === "discord") as Platform;
  const format = discord({
    render: ({ data }) => ({ title: "t", source: String(data) }),
    thread: ({ source }) => source,
  });
  const posted: string[] = [];
  const transport: Transport = {
    async request({ url }) {
      const thread = new URL(url).searchParams.get("thread_id") ?? "";
      const body = thread === dead ? '{"code":10003}' : '{"id":"1"}';
      if (thread !== dead) posted.push(thread);
      return {
        kind: "response",
        status: thread === dead ? 404 : 200,
        headers: {},
        body,
        truncated: false,
        timings: { total: 0 },
      };
    },
    close: async () => {},
  };
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const throttle = { window: "5s", maxEvents: 50 } as const;
  const sender = createSender({ clock, transport, endpoints: [{ name: "chat", url: platform.url, format, throttle }] });
  const handles = await sendAll(
    sender,
    [dead, alive, dead, alive].map((data) => ({ type: "t", data })),
  );
  await clock.advanceAsync(30_000);
  const outcomes = (await Promise.all(handles.map((handle) => handle.outcome()))).flat();
  expect(outcomes.map(({ status }) => status)).toEqual(["dead", "delivered", "dead", "delivered"]);
  expect(posted).toEqual([alive]);
  expect(sender.endpoints.list()[0]?.enabled).toBe(true);
  await sender.close({ timeout: 0 });
});

test("Google Chat: a retry of what had arrived posts nothing twice", async () => {
  const platform = platforms.find(({ name }) => name === "googlechat") as Platform;
  const { standIn, sender, finish } = await set(platform);
  standIn.lose(1);
  const [outcome] = await finish([await sender.send({ type: "nodeCreated", data: node })]);
  expect(outcome).toMatchObject({ status: "delivered", attempts: 2 });
  expect(standIn.posted).toHaveLength(1);
  const id = new URLSearchParams(standIn.posted[0]?.query).get("requestId");
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
});

test.each(platforms)("$name: what Tailscale's own configuration leads to keeps the tailnet", async ({ make, url }) => {
  const format = make({});
  const type = format.platform as ChatPlatform;
  const bodies: string[] = [];
  const answer = type === "slack" || type === "mattermost" ? "ok" : '{"id":"1"}';
  const transport: Transport = {
    async request({ body }) {
      bodies.push(Buffer.from(body ?? []).toString("utf8"));
      return { kind: "response", status: 200, headers: {}, body: answer, truncated: false, timings: { total: 0 } };
    },
    close: async () => {},
  };
  const config = { endpointUrl: url, providerType: type, subscriptions: ["nodeCreated"] };
  const sender = createSender({
    transport,
    endpoints: fromTailscale(config, { tailnet: "corp", name: "chat", formats: { [type]: format } }),
  });
  open.push(sender);
  await (
    await sender.send({ type: "nodeCreated", data: { message: "Node alice created", data: { deviceName: "alice" } } })
  ).outcome();
  expect((await sender.test("chat")).ok).toBe(true);
  expect(bodies).toHaveLength(2);
  for (const body of bodies) expect(body).toContain("Tailscale · corp");
  expect(bodies[0]).toContain("Node created");
});
