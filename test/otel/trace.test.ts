/** One trace from a sender over a socket through Express into the handler. */
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inbox, Provider, VerifierOptions } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { webhook } from "@countersign/express";
import { createTelemetry, type Telemetry, type TelemetryOptions } from "@countersign/otel";
import { sqliteInbox, sqliteOutbox } from "@countersign/outbox";
import {
  createSender,
  type EndpointOptions,
  json,
  machineClock,
  memoryOutbox,
  type Outbox,
  waits,
} from "@countersign/sender";
import { stubTransport } from "@countersign/sender/testing";
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { UndiciInstrumentation, type UndiciInstrumentationConfig } from "@opentelemetry/instrumentation-undici";
import express, { type RequestHandler } from "express";
import { afterEach, describe, expect, test } from "vitest";
import { open as openDatabase } from "../outbox/sqlite.ts";
import { startSdk, sum } from "./sdk.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

type Handle = (delivery: express.Request["webhook"], telemetry: Telemetry) => unknown;

/** A sender, a receiver, and what is seen of both. */
async function set(
  handle: Handle,
  {
    telemetry: own = {},
    endpoint = {},
    before = (_request, _response, next) => next(),
    inbox,
  }: { telemetry?: TelemetryOptions; endpoint?: Partial<EndpointOptions>; before?: RequestHandler; inbox?: Inbox } = {},
  outbox: Outbox<any> = memoryOutbox(),
) {
  const sdk = startSdk();
  const telemetry = createTelemetry({ ...sdk.options, ...own });
  const heard: string[][] = [];
  const app = express();
  const options: VerifierOptions<undefined, undefined, express.Request> = {
    secret,
    log: false,
    ...(inbox && { inbox }),
  };
  app.post("/hook", before, webhook(standardWebhooks as Provider<any>, options), async (req, res) => {
    heard.push(req.rawHeaders.filter((_, index, all) => all[index - 1]?.toLowerCase() === "traceparent"));
    try {
      await handle(req.webhook, telemetry);
      res.sendStatus(204);
    } catch {
      res.sendStatus(500);
    }
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const sender = createSender({
    guard: "development",
    outbox: telemetry.outbox(outbox),
    endpoints: [
      {
        name: "billing",
        url: `http://127.0.0.1:${port}/hook`,
        sign: { provider: standardWebhooks, secret },
        ...endpoint,
      },
    ],
  });
  closes.push(
    () => sdk.close(),
    () => telemetry.stop(),
    () => new Promise((resolve) => server.close(resolve)),
    () => sender.close(),
  );
  const send = (data: unknown = {}) => sender.send({ type: "invoice.paid", data });
  const named = (name: string) => sdk.spans().filter((span) => span.name === name);
  return { sdk, sender, telemetry, send, named, heard, port };
}

/** Sends in a span of the application's own, and waits for the end. */
async function sendInSpan({ sdk, send }: Awaited<ReturnType<typeof set>>): Promise<Span> {
  const span = sdk.tracer.startSpan("checkout");
  const handle = await context.with(trace.setSpan(context.active(), span), () => send());
  span.end();
  await handle.outcome();
  return span;
}

test("the handler's span is linked to the attempt, and that is a child of the span in which the event was sent", async () => {
  let inside: Span | undefined;
  const stage = await set((delivery, telemetry) =>
    telemetry.process(delivery, async () => {
      await Promise.resolve();
      inside = trace.getActiveSpan();
    }),
  );
  const checkout = await sendInSpan(stage);
  const [attempt] = stage.named("send billing");
  const [handled] = stage.named("process standard-webhooks");
  expect(attempt).toMatchObject({
    kind: SpanKind.PRODUCER,
    parentSpanContext: { spanId: checkout.spanContext().spanId, traceId: checkout.spanContext().traceId },
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      "messaging.system.name": "countersign",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": "billing",
      "http.request.method": "POST",
      "http.response.status_code": 204,
      "url.scheme": "http",
      "server.address": "127.0.0.1",
      "server.port": stage.port,
    },
  });
  const sent = attempt?.spanContext();
  expect(stage.heard).toEqual([[`00-${sent?.traceId}-${sent?.spanId}-01`]]);
  expect(handled?.kind).toBe(SpanKind.CONSUMER);
  expect(handled?.links.map((link) => link.context)).toMatchObject([{ traceId: sent?.traceId, spanId: sent?.spanId }]);
  expect(handled?.spanContext().traceId).not.toBe(sent?.traceId);
  expect(inside?.spanContext().spanId).toBe(handled?.spanContext().spanId);
});

test("between services of one's own the handler goes on in the sender's trace", async () => {
  const stage = await set((delivery, telemetry) => telemetry.process(delivery, () => {}), {
    telemetry: { continueTrace: true },
  });
  const checkout = await sendInSpan(stage);
  const [attempt] = stage.named("send billing");
  const [handled] = stage.named("process standard-webhooks");
  expect(handled?.parentSpanContext?.spanId).toBe(attempt?.spanContext().spanId);
  expect(handled?.spanContext().traceId).toBe(checkout.spanContext().traceId);
  expect(handled?.links).toEqual([]);
});

test("through an inbox: the worker's span is linked to the attempt by the headers that were kept", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-otel-"));
  closes.push(() => rmSync(folder, { recursive: true }));
  const box = sqliteInbox(join(folder, "inbox.db"));
  const stage = await set(() => {}, { inbox: box.route("billing") });
  const inbox = stage.telemetry.outbox(box, { name: "inbox" });
  closes.push(() => inbox.close());
  await sendInSpan(stage);
  const depth = async () =>
    sum((await stage.sdk.collect())["countersign.outbox.depth"], { "countersign.outbox.name": "inbox" });
  expect(await depth()).toBe(1);
  const handled = new Promise<void>((resolve) => {
    const worker = inbox.work("billing", (delivery) => stage.telemetry.process(delivery, () => resolve()));
    closes.push(() => worker.close());
  });
  await handled;
  const [attempt] = stage.named("send billing");
  const [worked] = stage.named("process standard-webhooks");
  expect(worked?.links.map((link) => link.context.spanId)).toEqual([attempt?.spanContext().spanId]);
  const verdicts = (await stage.sdk.collect())["countersign.receiver.verdicts"];
  expect(sum(verdicts, { "countersign.verdict": "accepted" })).toBe(1);
  await expect.poll(depth).toBe(0);
});

test("a server's span of another trace is linked to the attempt, without a call in the handler", async () => {
  const stage = await set(() => {}, {
    // As OpenTelemetry's instrumentation of node:http does it.
    before(request, response, next) {
      const span = stage.sdk.tracer.startSpan("POST /hook", { kind: SpanKind.SERVER });
      const active = trace.setSpan(context.active(), span);
      context.bind(active, request);
      response.on("close", () => span.end());
      context.with(active, next);
    },
  });
  await sendInSpan(stage);
  await expect.poll(() => stage.named("POST /hook")).toHaveLength(1);
  const [attempt] = stage.named("send billing");
  expect(stage.named("POST /hook")[0]?.links.map((link) => link.context.spanId)).toEqual([
    attempt?.spanContext().spanId,
  ]);
});

test("each retry is a span of its own, with its number and what went wrong", async () => {
  let calls = 0;
  const handle: Handle = (delivery, telemetry) =>
    telemetry.process(delivery, async () => {
      calls += 1;
      if (calls === 1) throw new TypeError("card 4242 of Ada");
    });
  const stage = await set(handle, { endpoint: { retry: waits(["1ms"]) } });
  await sendInSpan(stage);
  const [first, second] = stage.named("send billing");
  expect(first).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { "error.type": "http_status", "http.response.status_code": 500 },
  });
  expect(first?.attributes).not.toHaveProperty("http.request.resend_count");
  expect(second?.attributes).toMatchObject({ "http.request.resend_count": 1 });
  expect(second?.parentSpanContext?.spanId).toBe(first?.parentSpanContext?.spanId);
  expect(stage.heard[0]).not.toEqual(stage.heard[1]);
  expect(stage.named("process standard-webhooks")[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { "error.type": "TypeError" },
  });
  expect(await stage.sdk.everything()).not.toContain("4242");
});

test("a batch has links to the spans of all its events, and no parent", async () => {
  const endpoint = { body: json({ root: "array" }), throttle: { window: "100ms", maxEvents: 2 } };
  const stage = await set(() => {}, { endpoint });
  const senders = await Promise.all(
    ["one", "two"].map(async (name) => {
      const span = stage.sdk.tracer.startSpan(name);
      const handle = await context.with(trace.setSpan(context.active(), span), () => stage.send());
      span.end();
      return { span, handle };
    }),
  );
  await Promise.all(senders.map(({ handle }) => handle.outcome()));
  const [attempt] = stage.named("send billing");
  expect(attempt?.attributes["messaging.batch.message_count"]).toBe(2);
  expect(attempt?.parentSpanContext).toBeUndefined();
  expect(attempt?.links.map((link) => link.context.spanId).sort()).toEqual(
    senders.map(({ span }) => span.spanContext().spanId).sort(),
  );
});

test("events of several requests at a time, in one commit of SQLite: each attempt belongs to the span that sent its event", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-otel-"));
  closes.push(() => rmSync(folder, { recursive: true }));
  const stage = await set(() => {}, {}, sqliteOutbox(join(folder, "outbox.db")));
  const spans = await Promise.all(Array.from({ length: 20 }, () => sendInSpan(stage)));
  const parents = stage.named("send billing").map((span) => span.parentSpanContext?.spanId);
  expect(parents.sort()).toEqual(spans.map((span) => span.spanContext().spanId).sort());
});

test("nothing is told where it is not to be, and the endpoint's own header stays", async () => {
  const stage = await set(() => {}, { telemetry: { propagate: (endpoint) => endpoint !== "billing" } });
  await sendInSpan(stage);
  expect(stage.heard).toEqual([[]]);
  expect(stage.named("send billing")[0]?.kind).toBe(SpanKind.CLIENT);

  const own = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`;
  const other = await set(() => {}, { endpoint: { headers: { TraceParent: own } } });
  await sendInSpan(other);
  expect(other.heard).toEqual([[own]]);
});

test("a forged or broken traceparent is a link at most, and never decides about our trace", async () => {
  for (const forged of [
    "nonsense",
    `00-${"a".repeat(32)}-${"b".repeat(16)}-01, 00-x`,
    `00-${"0".repeat(32)}-${"b".repeat(16)}-01`,
  ]) {
    const stage = await set((delivery, telemetry) => telemetry.process(delivery, () => {}), {
      telemetry: { propagate: false },
      endpoint: { headers: { traceparent: forged } },
    });
    await sendInSpan(stage);
    const [handled] = stage.named("process standard-webhooks");
    expect(handled?.links).toEqual([]);
    expect(handled?.parentSpanContext).toBeUndefined();
  }
});

describe("beside undici's own instrumentation", () => {
  async function sendBeside(config: UndiciInstrumentationConfig) {
    const stage = await set(() => {});
    const instrumentation = new UndiciInstrumentation(config);
    instrumentation.setTracerProvider(stage.sdk.options.tracerProvider);
    propagation.setGlobalPropagator(stage.sdk.options.propagator);
    try {
      await sendInSpan(stage);
    } finally {
      instrumentation.disable();
      propagation.disable();
    }
    return { lines: stage.heard.flat(), clients: stage.sdk.spans().filter(({ kind }) => kind === SpanKind.CLIENT) };
  }

  test("a request had two spans and two traceparent lines: with the README's hook it has one", async () => {
    const { lines, clients } = await sendBeside({
      ignoreRequestHook: ({ headers }) => headers.includes("traceparent"),
    });
    expect(lines).toHaveLength(1);
    expect(clients).toEqual([]);
  });

  test("without the hook it has two: that is what the README warns of", async () => {
    const { lines, clients } = await sendBeside({});
    expect(lines).toHaveLength(2);
    expect(clients).toHaveLength(1);
  });
});

describe("a delivery after a restart", () => {
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), "countersign-otel-"));
    closes.push(() => rmSync(path, { recursive: true }));
    return join(path, "outbox.db");
  };
  const delivering = async (path: string) => {
    const sdk = startSdk();
    const telemetry = createTelemetry(sdk.options);
    const requests: string[] = [];
    const sender = createSender({
      outbox: telemetry.outbox(sqliteOutbox(path)),
      endpoints: [{ name: "billing", url: "https://example.com/" }],
      transport: stubTransport(machineClock, ({ named, text }) => {
        requests.push(named["traceparent"] ?? "", text);
        return 204;
      }),
    });
    await expect.poll(() => sdk.spans().length).toBe(1);
    await sender.close();
    telemetry.stop();
    const [span] = sdk.spans();
    await sdk.close();
    return { span, requests };
  };

  test.each(["in no transaction", "in a transaction"])(
    "goes on in the trace in which the event was sent, %s",
    async (how) => {
      const path = folder();
      const sdk = startSdk();
      const telemetry = createTelemetry(sdk.options);
      const endpoints = [{ name: "billing", url: "https://example.com/", enabled: false }];
      const sender = createSender({ outbox: telemetry.outbox(sqliteOutbox(path)), endpoints });
      const origin = sdk.tracer.startSpan("checkout");
      const connection = openDatabase(path);
      const options = how === "in a transaction" ? { tx: connection } : {};
      connection.exec(how === "in a transaction" ? "BEGIN IMMEDIATE" : "SELECT 1");
      await context.with(trace.setSpan(context.active(), origin), () =>
        sender.send({ type: "invoice.paid", data: { n: 1 } }, options),
      );
      if (how === "in a transaction") connection.exec("COMMIT");
      connection.close();
      await sender.close();
      telemetry.stop();
      await sdk.close();
      const { span, requests } = await delivering(path);
      expect(span?.name).toBe("send billing");
      expect(span?.spanContext().traceId).toBe(origin.spanContext().traceId);
      expect(span?.parentSpanContext?.spanId).toBe(origin.spanContext().spanId);
      expect(requests[0]).toContain(origin.spanContext().traceId);
      // What is sent is the event, and nothing of the trace.
      expect(requests[1]).not.toContain("traceparent");
    },
  );
});
