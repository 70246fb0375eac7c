import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stateOf } from "../testing/outbox/kit.ts";
import { stageOne } from "../testing/stage-one.ts";
import { stubTransport } from "../testing/stub-transport.ts";
import type { Transport } from "../transport/transport.ts";

const url = "https://example.com/hooks";

describe("endpoints while it runs", () => {
  test("are added, replaced, disabled, enabled and removed", async () => {
    const { clock, sender, requests } = stageOne({});
    sender.endpoints.add({ name: "late", url: "https://late.example.com/" });
    await sender.endpoints.disable("late", "maintenance");
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    expect(requests.map((request) => request.url.host)).toEqual(["example.com"]);
    expect(sender.endpoints.describe("late")).toMatchObject({
      enabled: false,
      reason: "maintenance",
      url: "https://late.example.com/",
    });
    sender.endpoints.replace({ name: "late", url: "https://moved.example.com/" });
    await sender.endpoints.enable("late");
    await clock.advanceAsync(1);
    expect(requests.map((request) => request.url.host)).toEqual(["example.com", "moved.example.com"]);
    expect((await handle.outcome()).map((outcome) => outcome.status)).toEqual(["delivered", "delivered"]);
    await sender.endpoints.disable("late");
    const waiting = await sender.send({ type: "t", data: 2 }, { to: ["late"] });
    expect(await sender.endpoints.remove("late")).toBe(1);
    expect((await waiting.outcome())[0]?.status).toBe("cancelled");
    expect(sender.endpoints.list().map((one) => one.name)).toEqual(["e"]);
  });

  test("a 410 is remembered by the outbox", async () => {
    const outbox = memoryOutbox({ clock: fakeClock("2026-01-01T00:00:00Z") });
    const { clock, sender } = stageOne({}, () => 410, { outbox });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    expect(await stateOf(outbox, "e")).toMatchObject({ disabled: true, reason: expect.stringContaining("410") });
    const transport = stubTransport(clock);
    const second = createSender({ clock, transport, outbox, endpoints: [{ name: "e", url }] });
    await clock.advanceAsync(60_000);
    expect(transport.requests).toHaveLength(0);
    await second.endpoints.enable("e");
    await clock.advanceAsync(1);
    expect(transport.requests).toHaveLength(1);
  });
});

describe("an endpoint that is removed while its events are in hand", () => {
  /** A transport whose requests end when the test says so. */
  function held() {
    const ends: ((status: number) => void)[] = [];
    const hosts: string[] = [];
    const transport: Transport = {
      request({ url: { host } }) {
        hosts.push(host);
        return new Promise((resolve) => {
          ends.push((status) =>
            resolve({ kind: "response", status, headers: {}, body: "", truncated: false, timings: { total: 0 } }),
          );
        });
      },
      close: async () => {},
    };
    return { transport, hosts, end: (status: number) => ends.shift()?.(status) };
  }

  const another = { name: "e", url: "https://another.example.com/" };

  test("its events do not go to the next endpoint of that name", async () => {
    const { transport, hosts, end } = held();
    const clock = fakeClock("2026-01-01T00:00:00Z");
    const sender = createSender({ clock, transport, endpoints: [{ name: "e", url, retry: waits(["1s"]) }] });
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    await sender.endpoints.remove("e");
    sender.endpoints.add(another);
    end(503);
    await clock.advanceAsync(600_000);
    expect(hosts).toEqual(["example.com"]);
    expect((await handle.outcome())[0]).toMatchObject({ status: "cancelled", attempts: 1 });
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 0 });
  });

  test("what arrives all the same is told as delivered", async () => {
    const { transport, end } = held();
    const clock = fakeClock("2026-01-01T00:00:00Z");
    const sender = createSender({ clock, transport, endpoints: [{ name: "e", url }] });
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    await sender.endpoints.remove("e");
    end(200);
    expect((await handle.outcome())[0]?.status).toBe("delivered");
  });

  test.each(["claim", "enqueue"] as const)("nor do those of a %s that is under way", async (method) => {
    const clock = fakeClock("2026-01-01T00:00:00Z");
    const outbox = memoryOutbox({ clock });
    const original = outbox[method].bind(outbox) as (...args: unknown[]) => Promise<never>;
    outbox[method] = async (...args: unknown[]) => {
      const late = () => new Promise<void>((resolve) => clock.setTimeout(resolve, 1_000));
      if (method === "enqueue") await late();
      const result = await original(...args);
      if (method === "claim") await late();
      return result;
    };
    const transport = stubTransport(clock);
    const sender = createSender({ clock, transport, outbox, endpoints: [{ name: "e", url }] });
    const sending = sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(500);
    const removing = sender.endpoints.remove("e");
    await clock.advanceAsync(1);
    await removing;
    sender.endpoints.add(another);
    await clock.advanceAsync(600_000);
    expect(transport.requests.map((request) => request.url.host)).toEqual([]);
    expect((await (await sending).outcome())[0]?.status).toBe("cancelled");
  });

  test("a name is not taken again while its events are being cancelled", async () => {
    const { sender } = stageOne({ enabled: false });
    await sender.send({ type: "t", data: 1 });
    const removing = sender.endpoints.remove("e");
    expect(() => sender.endpoints.add(another)).toThrow(expect.objectContaining({ code: "duplicate_endpoint" }));
    expect(await removing).toBe(1);
    sender.endpoints.add(another);
  });
});
