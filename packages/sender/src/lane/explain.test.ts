import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import type { EndpointOptions, SenderEvents, SenderOptions, TransportResult } from "../index.ts";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { every, never } from "../pace/schedule.ts";
import { stageOne } from "../testing/stage-one.ts";
import type { StubAnswer } from "../testing/stub-transport.ts";

const event = { type: "invoice.paid", data: { model: "gpt" } };

describe("why was it not sent?", () => {
  test.each([
    [{ include: ["invoice.due"] }, "include", "filter.include: invoice.paid is none of invoice.due."],
    [{ exclude: ["invoice.*"], patterns: true }, "exclude", "filter.exclude: invoice.paid is one of invoice.*."],
    [{ minSeverity: "error" as const }, "minSeverity", "filter.minSeverity: info is less than error."],
    [{ where: () => false }, "where", "filter.where: it says no."],
    [{ where: () => ({ cause: "model", reason: "No grant has gpt." }) }, "model", "No grant has gpt."],
    [{ where: () => JSON.parse("{") }, "where", "e.filter.where threw SyntaxError."],
    [
      { where: (async () => true) as never },
      "where",
      "e.filter.where must return true, false or { cause, reason }, and at once.",
    ],
  ])("%j: %s", async (filter, cause, reason) => {
    const { sender, requests } = stageOne({ filter });
    expect(await sender.explain(event)).toEqual([{ endpoint: "e", sent: "never", cause, reason }]);
    expect((await sender.send(event)).placements).toEqual([]);
    expect(requests).toEqual([]);
  });

  test("an endpoint that is disabled, by its definition or since", async () => {
    const { sender } = stageOne({ enabled: false });
    sender.endpoints.add({ name: "gone", url: "https://example.com/" });
    await sender.endpoints.disable("gone", "The receiver answered 410.");
    expect(await sender.explain(event)).toEqual([
      {
        endpoint: "e",
        sent: "later",
        cause: "disabled",
        reason: "It is disabled: its definition says enabled: false.",
      },
      { endpoint: "gone", sent: "later", cause: "disabled", reason: "It is disabled: The receiver answered 410." },
    ]);
  });

  test("what another process disabled is known before the first event", async () => {
    const outbox = memoryOutbox();
    await outbox.setEndpointState("e", 0, { disabled: true, reason: "The receiver answered 410." });
    const { sender } = stageOne({}, undefined, { outbox });
    expect((await sender.explain(event))[0]).toMatchObject({ sent: "later", cause: "disabled" });
  });

  test.each<[cause: string, endpoint: Partial<EndpointOptions>, answer: StubAnswer, wait: number]>([
    ["breaker", { breaker: { minimum: 1, cooldown: "30s" } }, 503, 30_000],
    ["retry-after", {}, { status: 503, headers: { "retry-after": "60" } }, 60_000],
    ["rate", { rate: { requests: 1, per: "10s" } }, 200, 10_000],
    ["order", { order: "fifo", retry: every("1h", { for: "2h" }) }, 503, 3_600_000],
    ["throttle", { body: json({ root: "array" }), throttle: { window: "5s" } }, 200, 5_000],
  ])("%s holds it back until a time", async (cause, endpoint, answer, wait) => {
    const { sender, clock } = stageOne(endpoint, () => answer);
    const start = clock.now();
    await sender.send({ type: "first", data: 1 });
    await clock.advanceAsync(0);
    const [finding] = await sender.explain(event);
    expect(finding).toMatchObject({ sent: "later", cause });
    expect((finding?.until ?? 0) - start).toBe(wait);
  });

  test("busy, and then free", async () => {
    let end: (result: TransportResult) => void = () => {};
    const transport = {
      request: () => new Promise<TransportResult>((resolve) => (end = resolve)),
      close: async () => {},
    };
    const { sender, clock } = stageOne({ concurrency: 1, retry: never() }, undefined, { transport });
    await sender.send({ type: "first", data: 1 });
    await clock.advanceAsync(10);
    expect((await sender.explain(event))[0]).toMatchObject({ sent: "later", cause: "busy" });
    end({ kind: "error", code: "timeout", message: "late", timings: { total: 10 } });
    await clock.advanceAsync(10);
    expect((await sender.explain(event))[0]).toMatchObject({ sent: "now", cause: "wanted" });
  });

  test("it sends nothing, and takes a list of names and refuses what cannot be sent", async () => {
    const { sender, clock, requests } = stageOne();
    expect(await sender.explain(event, { to: [] })).toEqual([]);
    await expect(sender.explain(event, { to: "nobody" })).rejects.toMatchObject({ code: "unknown_endpoint" });
    await expect(sender.explain({ type: "", data: 1 })).rejects.toMatchObject({ option: "event.type" });
    expect((await sender.explain(event, { to: "e" })).map((one) => one.sent)).toEqual(["now"]);
    await clock.advanceAsync(60_000);
    expect(requests).toEqual([]);
    await sender.close();
    await expect(sender.explain(event)).rejects.toMatchObject({ code: "closed" });
  });
});

describe("hooks", () => {
  const record = () => {
    const told: [name: string, event: unknown][] = [];
    const keep = (name: keyof SenderEvents) => (told_: unknown) => void told.push([name, told_]);
    const hooks: SenderOptions["hooks"] = Object.fromEntries(
      (["unwanted", "added", "changed", "removed"] as const).map((name) => [name, keep(name)]),
    );
    return { told, hooks };
  };

  test("an event that nobody wants disappears without a word", async () => {
    const { told, hooks } = record();
    const { sender } = stageOne({ filter: { include: ["a"] } }, undefined, { hooks });
    await sender.send({ id: "evt_1", type: "a", data: 1 });
    await sender.send({ id: "evt_2", type: "b", data: 1 });
    expect(told.filter(([name]) => name === "unwanted")).toEqual([
      [
        "unwanted",
        {
          event: { id: "evt_2", type: "b" },
          findings: [{ endpoint: "e", sent: "never", cause: "include", reason: "filter.include: b is none of a." }],
        },
      ],
    ]);
  });

  test("endpoints come, change and go without a word", async () => {
    const { told, hooks } = record();
    const { sender } = stageOne({ enabled: false }, undefined, { hooks });
    sender.endpoints.add({ name: "ops", url: "https://ops.example.com/secret-path" });
    sender.endpoints.replace({ name: "ops", url: "https://moved.example.com/secret-path" });
    await sender.endpoints.disable("ops");
    await sender.send({ type: "t", data: 1 }, { to: "ops" });
    await sender.endpoints.remove("ops");
    expect(told).toEqual([
      ["added", { endpoint: "e", url: "https://example.com/***" }],
      ["added", { endpoint: "ops", url: "https://ops.example.com/***" }],
      ["changed", { endpoint: "ops", url: "https://moved.example.com/***" }],
      ["removed", { endpoint: "ops", cancelled: 1 }],
    ]);
  });
});
