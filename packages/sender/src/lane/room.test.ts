import { describe, expect, test } from "vitest";
import { never } from "../pace/schedule.ts";
import { stage } from "../testing/stage.ts";

const endpoints = (count: number, host = (index: number) => `e${index}.example.com`) =>
  Array.from({ length: count }, (_, index) => ({
    name: `e${index}`,
    url: `https://${host(index)}/`,
    retry: never(),
    timeout: "30s",
  }));
/** Each answer takes 20 s. */
const slowly = () => ({ status: 200, after: 20_000 }) as const;

describe("an endpoint that waits for its turn", () => {
  test("runs into no timeout, and holds no lease: its events are claimed when they can be sent", async () => {
    const { sender, clock, requests, times } = stage(endpoints(20), slowly, { limits: { sockets: 2 } });
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const claimed = await Promise.all(sender.endpoints.list().map(({ name }) => sender.endpoints.stats(name)));
    expect(claimed.reduce((sum, one) => sum + one.claimed, 0)).toBe(2);
    await clock.advanceAsync(300_000);
    const outcomes = await handle.outcome();
    expect(outcomes.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(Array(20).fill("delivered 1"));
    expect(requests).toHaveLength(20);
    expect(times()).toEqual(Array.from({ length: 20 }, (_, index) => Math.floor(index / 2) * 20_000));
  });

  test("is told so by explain, and is put by when it is disabled meanwhile", async () => {
    const { sender, clock, requests } = stage(endpoints(2), slowly, { limits: { sockets: 1 } });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const waits = sender.endpoints.list().find(({ inFlight }) => inFlight === 0)?.name as string;
    expect((await sender.explain({ type: "t", data: 2 }, { to: waits }))[0]).toMatchObject({ cause: "busy" });
    await sender.endpoints.disable(waits);
    await clock.advanceAsync(60_000);
    expect(requests).toHaveLength(1);
    await sender.endpoints.enable(waits);
    await clock.advanceAsync(1);
    expect(requests).toHaveLength(2);
  });

  test("keeps no sender from closing", async () => {
    const { sender, clock, requests } = stage(
      endpoints(3, () => "one.example.com"),
      slowly,
      { limits: { socketsPerOrigin: 1 } },
    );
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const closing = sender.close({ timeout: "30s" });
    await clock.advanceAsync(40_000);
    await closing;
    expect(requests).toHaveLength(2);
  });

  test("test and call wait for their turn too", async () => {
    const { sender, clock, requests } = stage(endpoints(1), slowly, { limits: { sockets: 1 } });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    const tested = sender.test("e0");
    await clock.advanceAsync(1);
    expect(requests).toHaveLength(1);
    await clock.advanceAsync(50_000);
    expect((await tested).ok).toBe(true);
  });
});
