import { describe, expect, test } from "vitest";
import { createSender } from "./sender.ts";
import { stageOne } from "./testing/stage-one.ts";

const url = "https://example.com/hooks";

describe("an event on its way", () => {
  test("send resolves once the event is in the outbox; the handle waits for the outcome", async () => {
    const { clock, sender } = stageOne({});
    const handle = await sender.send({ id: "evt_1", type: "t", data: 1 });
    expect(handle).toMatchObject({ id: "evt_1", placements: [{ endpoint: "e", status: "queued" }] });
    await clock.advanceAsync(1);
    expect(await handle.outcome()).toMatchObject([{ endpoint: "e", status: "delivered", attempts: 1 }]);
    expect(await handle.outcome()).toHaveLength(1);
  });

  test("takes the event as it was when it was sent", async () => {
    const { clock, sender, data } = stageOne({}, (index) => (index === 0 ? 503 : 200), {});
    const event = { type: "t", data: { list: [1] } };
    await sender.send(event);
    event.data.list.push(2);
    await clock.advanceAsync(60_000);
    expect(data()).toEqual([{ list: [1] }, { list: [1] }]);
  });
});

describe("what a sender refuses", () => {
  const refusing = (option: string, code?: string) =>
    expect.objectContaining({ name: "ConfigurationError", option, ...(code === undefined ? {} : { code }) });

  test("two endpoints of one name, an unknown option of the sender, a reserved event", async () => {
    expect(() =>
      createSender({
        endpoints: [
          { name: "a", url },
          { name: "a", url },
        ],
      }),
    ).toThrow(refusing("endpoint.name", "duplicate_endpoint"));
    expect(() => createSender({ endpoints: [], retries: 1 } as never)).toThrow(refusing("retries", "unknown_option"));
    expect(() => createSender({ endpoints: [], clock: null } as never)).toThrow(refusing("clock", "invalid_option"));
    expect(() => createSender({ endpoints: null } as never)).toThrow(refusing("endpoints", "invalid_option"));
    expect(() => createSender({ endpoints: [], guard: { alow: [] } } as never)).toThrow(
      refusing("guard.alow", "unknown_option"),
    );
    expect(() => createSender({ endpoints: [], hooks: { dead: null } } as never)).toThrow(refusing("hooks.dead"));
    const sender = createSender({ endpoints: [] });
    await expect(sender.send({ type: "webhook.dlq", data: 1 })).rejects.toThrow(
      refusing("event.type", "reserved_event"),
    );
    await expect(sender.send({ type: "", data: 1 })).rejects.toThrow(refusing("event.type"));
    await expect(sender.send({ type: "a", data: undefined })).rejects.toThrow(refusing("event.data"));
    await expect(sender.send({ type: "a", data: 1, severity: "fatal" as never })).rejects.toThrow(
      refusing("event.severity"),
    );
    await expect(sender.send({ type: "a", data: 1, colour: 1 } as never)).rejects.toThrow(refusing("event.colour"));
    await expect(sender.send({ type: "a", data: 1, time: null } as never)).rejects.toThrow(refusing("event.time"));
    await expect(sender.send({ type: "a", data: 1 }, { for: "nobody" } as never)).rejects.toThrow(
      refusing("send.for", "unknown_option"),
    );
    await expect(sender.deadLetters.list({ endpont: "a" } as never)).rejects.toThrow(
      refusing("query.endpont", "unknown_option"),
    );
    expect(() => sender.close({ within: "1s" } as never)).toThrow(refusing("close.within", "unknown_option"));
    await expect(sender.send({ type: "a", data: 1 }, { to: "nobody" })).rejects.toThrow(
      refusing("endpoint", "unknown_endpoint"),
    );
  });
});
