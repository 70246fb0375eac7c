import type { Format } from "@countersign/core/event";
import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import { waits } from "../pace/schedule.ts";
import { stageOne } from "../testing/stage-one.ts";

describe("a body", () => {
  test("a body that cannot be made is the end of the event, not of the endpoint", async () => {
    const body = json({
      event: ({ data }) => {
        if (data === 1) throw new Error("no");
        return { data };
      },
    });
    const { clock, sender, data } = stageOne({ body });
    const first = await sender.send({ type: "t", data: 1 });
    await sender.send({ type: "t", data: 2 });
    await clock.advanceAsync(1_000);
    expect((await first.outcome())[0]).toMatchObject({
      status: "dead",
      reason: "permanent",
      history: [{ error: "body_failed" }],
    });
    expect(data()).toEqual([2]);
  });

  test("a body beyond the limit is not sent", async () => {
    const { clock, sender, requests } = stageOne({ bodyLimit: 100 });
    const handle = await sender.send({ type: "t", data: "x".repeat(200) });
    await clock.advanceAsync(1);
    expect((await handle.outcome())[0]?.history[0]?.error).toBe("body_failed");
    expect(requests).toHaveLength(0);
  });
});

describe("a batch of several requests", () => {
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

  test("goes on where it was interrupted, with the same request ids", async () => {
    const { clock, sender, data } = stageOne({ format, retry: waits(["1s", "1s"]) }, (index) =>
      index === 1 || index === 3 ? 500 : 200,
    );
    const handle = await sender.send({ type: "t", data: "x" });
    await clock.advanceAsync(10_000);
    expect(data().map((one) => one.part)).toEqual([1, 2, 2, 3, 3]);
    expect(data()[1].id).toBe(data()[2].id);
    expect(data()[3].id).toBe(data()[4].id);
    expect(data()[0].id).not.toBe(data()[1].id);
    expect(data()[0].id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await handle.outcome())[0]).toMatchObject({ status: "delivered", attempts: 3 });
  });

  test("an interrupted batch keeps its events together; later ones wait their turn", async () => {
    const options = { format, throttle: { window: "1s", maxEvents: 10 }, retry: waits(["5s", "5s"]) };
    const { clock, sender, data } = stageOne(options, (index) => (index === 1 ? 500 : 200));
    for (const n of [1, 2]) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(5_500);
    await sender.send({ type: "t", data: 3 });
    await clock.advanceAsync(30_000);
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

  test("the format's rate counts every request", async () => {
    const slow = { ...format, rate: { requests: 1, per: 1_000 } };
    const { clock, sender, times } = stageOne({ format: slow });
    for (const n of [1, 2]) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(60_000);
    const [first, ...rest] = times();
    expect(first).toBe(0);
    for (const [index, time] of rest.entries()) expect(time - (times()[index] as number)).toBeGreaterThanOrEqual(1_000);
    expect(times()).toHaveLength(6);
  });
});
