import type { Format, WebhookEvent } from "@countersign/core/event";
import { standardWebhooks } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import type { EndpointOptions } from "../endpoint/options.ts";
import { every, never, type Schedule, waits } from "../pace/schedule.ts";
import { type StageOptions, stage } from "../testing/stage.ts";
import type { StubAnswer, StubRequest } from "../testing/stub-transport.ts";
import type { AttemptOptions, AttemptResult } from "./engine.ts";

const event = { id: "evt_17", type: "invoice.paid", time: 1_767_225_600_000, data: { invoice: 17n } };
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const signed = { sign: { provider: standardWebhooks, secret } };

type Answers = (request: StubRequest, index: number) => StubAnswer;

const staged = (own: Partial<EndpointOptions> = {}, answer?: Answers, options?: StageOptions) =>
  stage([{ name: "e", url: "https://example.com/hooks", ...own }], answer, options);

/** Three requests of one event. */
const threefold: Format = {
  platform: "acme",
  contentType: "application/json",
  destination: (url) => url,
  messages: () => ["1", "2", "3"].map((body) => ({ body, cuts: [] })),
  judge: () => undefined,
  rate: { requests: 100, per: 1 },
};

/** A schedule that ends by the clock. */
const spent: Schedule = {
  description: "every minute, for three and a half",
  attempts: 9,
  next: (_attempts, elapsed) => (elapsed < 210_000 ? 60_000 : undefined),
};

/** What a job engine does: keeps `again`, waits, and calls anew. */
async function byEngine({ sender, clock }: ReturnType<typeof staged>): Promise<AttemptResult[]> {
  const results: AttemptResult[] = [];
  for (let options: AttemptOptions = { attempt: 1 }; ; ) {
    let ended = false;
    const under = sender.attempt("e", event, options).finally(() => {
      ended = true;
    });
    // Time passes only for a request that takes some.
    for (let looks = 0; !ended; looks += 1) await clock.advanceAsync(looks < 5 ? 0 : 1_000);
    const result = await under;
    results.push(result);
    if (result.kind !== "retry") return results;
    if (results.length > 20) throw new Error("It never ends.");
    options = JSON.parse(JSON.stringify(result.again));
    await clock.advanceAsync(result.after);
  }
}

describe("an attempt for a job engine sends what a lane sends, byte for byte, and when it sends it", () => {
  const rows: [string, Partial<EndpointOptions>, Answers][] = [
    ["accepted", signed, () => 200],
    ["tried again", { ...signed, retry: waits(["1m", "2m"]) }, (_, index) => (index < 2 ? 503 : 200)],
    ["asked to wait", signed, (_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "90" } } : 200)],
    ["exhausted", { ...signed, retry: every("1h", { for: "3h" }), breaker: false }, () => 500],
    ["refused for good", signed, () => 400],
    ["too old", { ...signed, retry: waits(["1m", "1h"]), discardAfter: "10m" }, () => 500],
    ["given up by the time that has passed", { retry: spent }, () => ({ status: 500, after: 1_000 })],
    ["cut off in the second of three", { format: threefold }, (_, index) => (index === 1 ? 503 : 200)],
    ["out of descriptors", { retry: never() }, (_, index) => (index < 2 ? { error: "out_of_resources" } : 200)],
  ];
  const ends = { delivered: "delivered", dead: "dead", discarded: "discard" };
  for (const [name, own, answer] of rows) {
    test(name, async () => {
      const lane = staged(own, answer, { random: () => 0.5 });
      const handle = await lane.sender.send(event);
      await lane.clock.advanceAsync(24 * 3_600_000);
      const [outcome] = await handle.outcome();

      const engine = staged(own, answer, { random: () => 0.5 });
      const results = await byEngine(engine);

      expect(engine.requests).toEqual(lane.requests);
      expect(engine.times()).toEqual(lane.times());
      const records = results.flatMap(({ attempt }) => attempt ?? []);
      expect(records).toEqual(outcome?.history);
      expect(results.at(-1)?.kind).toBe(ends[outcome?.status as keyof typeof ends]);
      expect(lane.requests.length).toBeGreaterThan(0);
    });
  }
});

describe("an attempt for a job engine", () => {
  test("gives a retry's wait, and what to hand in the next time", async () => {
    const { sender, clock } = staged({}, () => ({ status: 429, headers: { "retry-after": "90" } }));
    const first = await sender.attempt("e", event, { attempt: 1 });
    const firstAt = clock.now();
    expect(first).toMatchObject({
      kind: "retry",
      after: 90_000,
      again: { attempt: 2, enqueuedAt: firstAt, firstAt },
      attempt: { number: 1, status: 429, error: "http_status", events: 1 },
    });
  });

  test("a receiver that is gone is told as disable, and nothing is disabled but by whoever is told", async () => {
    const { sender, requests } = staged({}, () => 410);
    const result = await sender.attempt("e", event, { attempt: 1 });
    expect(result).toMatchObject({ kind: "disable", reason: "The receiver answered 410.", again: { attempt: 2 } });
    expect(sender.endpoints.describe("e").enabled).toBe(true);

    await sender.endpoints.disable("e", "gone");
    const again = { attempt: 2, enqueuedAt: 1, firstAt: 2 };
    expect(await sender.attempt("e", event, again)).toEqual({ kind: "disable", reason: "gone", again });
    expect(requests).toHaveLength(1);
  });

  test("an endpoint whose definition says enabled: false is not called", async () => {
    const { sender, requests } = staged({ enabled: false });
    expect((await sender.attempt("e", event, { attempt: 1 })).kind).toBe("disable");
    expect(requests).toEqual([]);
  });

  test("what an engine brings too late is not sent any more", async () => {
    const { sender, clock, requests } = staged({ discardAfter: "10m" }, () => 500);
    const first = await sender.attempt("e", event, { attempt: 1 });
    await clock.advanceAsync(600_000);
    const late = await sender.attempt("e", event, "again" in first ? first.again : { attempt: 9 });
    expect(late).toEqual({ kind: "discard", message: "Discarded: older than discardAfter." });
    expect(requests).toHaveLength(1);
  });

  test("asks neither filter, rate nor breaker, and puts nothing in the outbox", async () => {
    const { sender, requests } = staged(
      { filter: { include: ["other"] }, rate: { requests: 1, per: "1h" }, breaker: { minimum: 1, failures: 0.1 } },
      () => 503,
    );
    for (let attempt = 1; attempt <= 5; attempt += 1) await sender.attempt("e", event, { attempt });
    expect(requests).toHaveLength(5);
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 0 });
    expect(sender.endpoints.describe("e").breaker).toBe("closed");
  });

  test("hooks are told of it, and no message shows a secret that a format quotes", async () => {
    const seen: unknown[] = [];
    const quoting: Format = { ...threefold, judge: ({ body }) => ({ kind: "permanent", reason: `It said ${body}.` }) };
    const { sender } = stage(
      [{ name: "e", url: "https://example.com/a-long-secret-path", format: quoting }],
      () => ({ status: 400, body: "no a-long-secret-path here" }),
      { hooks: { attempt: ({ endpoint, items }) => void seen.push(endpoint, ...items) } },
    );
    const result = await sender.attempt("e", event, { attempt: 1 });
    expect(result.kind).toBe("dead");
    expect(JSON.stringify(result)).not.toContain("a-long-secret-path");
    expect(seen).toEqual(["e", "evt_17"]);
  });

  test("close waits for it; one that is cut counts for none, and none begins after", async () => {
    const slow = staged({}, () => ({ status: 200, after: 8_000 }));
    const under = slow.sender.attempt("e", event, { attempt: 1 });
    await slow.clock.advanceAsync(1);
    let closed = false;
    const closing = slow.sender.close().then(() => {
      closed = true;
    });
    await slow.clock.advanceAsync(7_000);
    expect(closed).toBe(false);
    await slow.clock.advanceAsync(1_000);
    expect((await under).kind).toBe("delivered");
    await closing;
    await expect(slow.sender.attempt("e", event, { attempt: 1 })).rejects.toMatchObject({ code: "closed" });

    const cut = staged({}, () => ({ error: "connection_lost", after: 20_000 }));
    const lost = cut.sender.attempt("e", event, { attempt: 3 });
    await cut.clock.advanceAsync(1);
    const end = cut.sender.close({ timeout: "1s" });
    await cut.clock.advanceAsync(60_000);
    await end;
    expect(await lost).toMatchObject({ kind: "retry", after: 1_000, again: { attempt: 3 } });
  });

  test("options that cannot be are refused by name", async () => {
    const { sender, requests } = staged();
    const wrong: [string, object | undefined, string, WebhookEvent?][] = [
      ["e", {}, "attempt.attempt"],
      ["e", { attempt: 0 }, "attempt.attempt"],
      ["e", { attempt: "1" }, "attempt.attempt"],
      ["e", { attempt: 1, firstAt: Number.NaN }, "attempt.firstAt"],
      ["e", { attempt: 1, enqueuedAt: new Date() }, "attempt.enqueuedAt"],
      ["e", { attempt: 1, sent: -1 }, "attempt.sent"],
      ["e", { attempt: 1, sent: null }, "attempt.sent"],
      ["e", { attempt: 1, sned: 1 }, "attempt.sned"],
      ["e", undefined, "attempt"],
      ["e", { attempt: 1 }, "event.id", { type: "t", data: 1 }],
      ["f", { attempt: 1 }, "endpoint"],
    ];
    for (const [name, options, option, own = event] of wrong) {
      const call = sender.attempt(name, own, options as AttemptOptions);
      await expect(call, option).rejects.toMatchObject({ name: "ConfigurationError", option });
    }
    expect(requests).toEqual([]);
  });
});
