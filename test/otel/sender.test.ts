/** What the metrics of senders and outboxes say, against the real SDK and real sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slack } from "@countersign/chat";
import { fakeClock } from "@countersign/core/testing";
import { createTelemetry } from "@countersign/otel";
import { sqliteOutbox } from "@countersign/outbox";
import { postgresOutbox } from "@countersign/outbox/postgres";
import {
  createSender,
  type EndpointOptions,
  memoryOutbox,
  never,
  type Outbox,
  type Transport,
  waits,
} from "@countersign/sender";
import { type RecordedAnswer, recordingReceiver, stage, stubTransport } from "@countersign/sender/testing";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { freshSchema, run } from "../outbox/postgres.ts";
import { available, DATABASE_URL } from "../replay/services.ts";
import { startSdk, sum } from "./sdk.ts";

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "countersign-otel-"));
  closes.push(() => rmSync(path, { recursive: true }));
  return path;
}

const postgres = await available("PostgreSQL", DATABASE_URL);
function inPostgres(): Outbox<any> {
  const schema = freshSchema();
  const pool = new pg.Pool({ connectionString: DATABASE_URL });
  closes.push(() => pool.end().then(() => run(DATABASE_URL, `DROP SCHEMA IF EXISTS ${schema} CASCADE`)));
  return postgresOutbox(pool, { schema, pollInterval: "20ms" });
}

async function set(
  answer: (index: number) => RecordedAnswer | Promise<RecordedAnswer>,
  endpoint: Partial<EndpointOptions> = {},
  outbox: Outbox<any> = memoryOutbox(),
) {
  const sdk = startSdk();
  const telemetry = createTelemetry(sdk.options);
  const receiver = await recordingReceiver((_, index) => answer(index));
  const sender = createSender({
    guard: "development",
    endpoints: [{ name: "billing", url: receiver.url, ...endpoint }],
    outbox: telemetry.outbox(outbox),
  });
  closes.push(
    () => sdk.close(),
    () => telemetry.stop(),
    () => receiver.close(),
    () => sender.close(),
  );
  const send = (data: unknown = {}) => sender.send({ type: "invoice.paid", data });
  return { sdk, telemetry, receiver, sender, send };
}

const billing = { "messaging.destination.name": "billing" };
const attempts = "messaging.client.operation.duration";
const status = "countersign.response.status_class";

test("attempts by outcome and status class, their events, retries and ends", async () => {
  const { sdk, send } = await set((index) => ({ status: [503, 204, 410][index] ?? 204 }), {
    retry: waits(["1ms"]),
    statuses: { 410: "permanent" },
  });
  await (await send()).outcome();
  await (await send()).outcome();
  const found = await sdk.collect();
  expect(sum(found[attempts], { ...billing, [status]: "5xx", "error.type": "http_status" })).toBe(1);
  expect(sum(found[attempts], { ...billing, [status]: "2xx", "error.type": undefined })).toBe(1);
  expect(sum(found[attempts], { ...billing, [status]: "4xx", "error.type": "http_status" })).toBe(1);
  expect(sum(found["messaging.client.sent.messages"], billing)).toBe(3);
  expect(sum(found["countersign.sender.enqueued"], billing)).toBe(2);
  expect(sum(found["countersign.sender.retries"], billing)).toBe(1);
  expect(sum(found["countersign.sender.queue.duration"], billing)).toBe(2);
  const outcomes = found["countersign.sender.outcomes"];
  expect(sum(outcomes, { ...billing, "countersign.outcome": "delivered" })).toBe(1);
  expect(sum(outcomes, { ...billing, "countersign.outcome": "dead", "countersign.reason": "permanent" })).toBe(1);
});

test("a connection that is refused is an attempt without a status", async () => {
  const { sdk, send, receiver } = await set(() => ({ status: 204 }), { retry: never() });
  await receiver.close();
  await (await send()).outcome();
  const found = await sdk.collect();
  expect(sum(found[attempts], { ...billing, "error.type": "connect_failed", [status]: undefined })).toBe(1);
});

for (const [name, open] of [
  ["memory", () => memoryOutbox()],
  ["SQLite", () => sqliteOutbox(join(folder(), "outbox.db"))],
  ...(postgres ? [["PostgreSQL", () => inPostgres()] as const] : []),
] as const) {
  test(`what is in an outbox in ${name}: by state, how long it is due, and how long its calls take`, async () => {
    let answer: (answer: RecordedAnswer) => void = () => {};
    const answered = new Promise<RecordedAnswer>((resolve) => {
      answer = resolve;
    });
    const { sdk, send, receiver } = await set(() => answered, { concurrency: 1, retry: never() }, open());
    const depth = async (state: string) =>
      sum((await sdk.collect())["countersign.outbox.depth"], { ...billing, "countersign.outbox.state": state });
    await expect.poll(() => depth("waiting")).toBe(0);
    const handles = await Promise.all([send(), send(), send()]);
    await receiver.received(1);
    expect([await depth("waiting"), await depth("claimed"), await depth("dead")]).toEqual([2, 1, 0]);
    const due = async () => sum((await sdk.collect())["countersign.outbox.oldest_due"], billing) ?? 0;
    await expect.poll(due).toBeGreaterThan(0);
    answer({ status: 500 });
    await Promise.all(handles.map((handle) => handle.outcome()));
    expect([await depth("waiting"), await depth("claimed"), await depth("dead")]).toEqual([0, 0, 3]);
    expect(await due()).toBe(0);
    const operations = (await sdk.collect())["countersign.outbox.operation.duration"];
    for (const operation of ["enqueue", "claim", "finish", "look"]) {
      expect(sum(operations, { "countersign.outbox.operation": operation })).toBeGreaterThan(0);
    }
  });
}

test("an endpoint that was removed kept its last depth for ever: it has 0, and a closed outbox is asked nothing", async () => {
  const outbox = memoryOutbox();
  const asked = vi.spyOn(outbox, "stats");
  const { sdk, sender, send } = await set(() => ({ status: 204 }), { enabled: false }, outbox);
  await send();
  const waiting = async () => {
    const found = (await sdk.collect())["countersign.outbox.depth"];
    return sum(found, { ...billing, "countersign.outbox.state": "waiting" });
  };
  expect(await waiting()).toBe(1);
  await sender.endpoints.remove("billing");
  expect(await waiting()).toBe(0);
  const outcomes = (await sdk.collect())["countersign.sender.outcomes"];
  expect(sum(outcomes, { ...billing, "countersign.outcome": "cancelled" })).toBe(1);
  await sender.close();
  const before = asked.mock.calls.length;
  await sdk.collect();
  expect(asked.mock.calls.length).toBe(before);
});

test("an outbox that fails is seen by its kind of error, and what it says is not", async () => {
  const box = memoryOutbox();
  const error = Object.assign(new Error("password=hunter2"), { code: "57P01" });
  vi.spyOn(box, "enqueue").mockRejectedValue(error);
  const { sdk, send } = await set(() => ({ status: 204 }), {}, Object.freeze(box));
  await expect(send()).rejects.toThrow("hunter2");
  const found = (await sdk.collect())["countersign.outbox.operation.duration"];
  expect(sum(found, { "countersign.outbox.operation": "enqueue", "error.type": "57P01" })).toBe(1);
  expect(await sdk.everything()).not.toContain("hunter2");
});

test("no secret, no path or query, no payload and no event's id leaves the process", async () => {
  const secrets = ["s3cr3t-token", "T000/B000", "query-secret", "Ada Lovelace", "evt_0815", "echo-of-the-answer"];
  const { sdk, sender, receiver } = await set(() => ({ status: 400, body: "echo-of-the-answer s3cr3t-token" }), {
    auth: { kind: "bearer", token: "s3cr3t-token" },
    retry: never(),
  });
  const url = `${receiver.url}/T000/B000?key=query-secret`;
  sender.endpoints.replace({ name: "billing", url, auth: { kind: "bearer", token: "s3cr3t-token" }, retry: never() });
  await (await sender.send({ id: "evt_0815", type: "invoice.paid", data: { name: "Ada Lovelace" } })).outcome();
  expect(receiver.requests[0]?.url).toContain("query-secret");
  const text = await sdk.everything();
  expect(text).toContain("http_status");
  for (const one of secrets) expect(text).not.toContain(one);
});

test("1,000 events make no more series than one", async () => {
  const { sdk, send } = await set(() => ({ status: 204 }));
  const count = async () => Object.values(await sdk.collect()).flat().length;
  await (await send()).outcome();
  const before = await count();
  const handles = await Promise.all(Array.from({ length: 1_000 }, (_, index) => send(index)));
  await Promise.all(handles.map((handle) => handle.outcome()));
  expect(await count()).toBe(before);
});

test("a request for which this machine has no socket is no attempt: a failure, and a span that ends", async () => {
  const sdk = startSdk();
  const telemetry = createTelemetry(sdk.options);
  const timings = { total: 0 };
  const without = { kind: "error", code: "out_of_resources", message: "No file descriptor is left.", timings } as const;
  const transport: Transport = { request: async () => without, close: async () => {} };
  const { sender, clock } = stage([{ name: "billing", url: "https://example.com/hooks" }], undefined, { transport });
  await sender.send({ type: "invoice.paid", data: {} });
  await clock.advanceAsync(500);
  const found = await sdk.collect();
  expect(sum(found["countersign.sender.failures"], { ...billing, "countersign.part": "machine" })).toBe(1);
  expect(sum(found[attempts], {})).toBeUndefined();
  expect(sdk.spans().map(({ attributes }) => attributes["error.type"])).toEqual(["out_of_resources"]);
  await sender.close({ timeout: 0 });
  telemetry.stop();
  await sdk.close();
});

test("a platform's own request gets no header of ours", async () => {
  const sdk = startSdk();
  const telemetry = createTelemetry(sdk.options);
  const transport = stubTransport(fakeClock(), () => ({ status: 200, body: "ok" }));
  const sender = createSender({
    transport,
    endpoints: [{ name: "ops", url: "https://hooks.slack.com/services/T000/B000/xxxx", format: slack() }],
  });
  await (await sender.send({ type: "node.created", data: {} })).outcome();
  expect(JSON.stringify(transport.requests)).not.toContain("traceparent");
  expect(sdk.spans().map(({ name }) => name)).toEqual(["send ops"]);
  await sender.close();
  telemetry.stop();
  await sdk.close();
});

test("after stop nothing is heard, and no header is added", async () => {
  const { sdk, telemetry, send, receiver } = await set(() => ({ status: 204 }));
  telemetry.stop();
  await (await send()).outcome();
  expect(receiver.requests[0]?.headers).not.toHaveProperty("traceparent");
  expect(sdk.spans()).toEqual([]);
  expect(sum((await sdk.collect())["countersign.sender.enqueued"], {})).toBeUndefined();
});

test.each([
  [{ propagate: "yes" }, "propagate"],
  [{ tracer: 1 }, "tracer"],
  [{ meterProvider: {} }, "meterProvider"],
  [{ tracerProvider: null }, "tracerProvider"],
  [{ propagator: 5 }, "propagator"],
  [{ continueTrace: 1 }, "continueTrace"],
  [{ now: 5 }, "now"],
])("%j is refused by name", (options, option) => {
  expect(() => createTelemetry(options as never)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});
