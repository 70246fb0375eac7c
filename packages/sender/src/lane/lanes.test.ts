import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../outbox/memory.ts";
import { createSender } from "../sender.ts";
import { stageOne } from "../testing/stage-one.ts";
import { stubTransport } from "../testing/stub-transport.ts";

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
    const outbox = memoryOutbox();
    const { clock, sender } = stageOne({}, () => 410, { outbox });
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1);
    expect(await outbox.endpointState("e")).toMatchObject({ disabled: true });
    const transport = stubTransport(clock);
    const second = createSender({ clock, transport, outbox, endpoints: [{ name: "e", url }] });
    await clock.advanceAsync(60_000);
    expect(transport.requests).toHaveLength(0);
    await second.endpoints.enable("e");
    await clock.advanceAsync(1);
    expect(transport.requests).toHaveLength(1);
  });
});
