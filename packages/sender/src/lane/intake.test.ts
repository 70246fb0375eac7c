import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { OutboxFull } from "../outbox/placing.ts";
import { createSender } from "../sender.ts";
import { stageOne } from "../testing/stage-one.ts";

const url = "https://example.com/hooks";

describe("intake", () => {
  test("the same id goes to the same endpoint once, also after it was delivered", async () => {
    const { clock, sender, requests } = stageOne({});
    await sender.send({ id: "evt_1", type: "t", data: 1 });
    await clock.advanceAsync(1);
    const again = await sender.send({ id: "evt_1", type: "t", data: 1 });
    expect(again.placements).toEqual([{ endpoint: "e", status: "duplicate" }]);
    expect(await again.outcome()).toMatchObject([{ status: "duplicate" }]);
    await clock.advanceAsync(1_000);
    expect(requests).toHaveLength(1);
  });

  test.each([
    ["while it waits", 503],
    ["while it is dead", 400],
    ["after it was delivered", 200],
  ])("the same id with other content is a conflict, not silently a duplicate: %s", async (_name, status) => {
    const { clock, sender, requests } = stageOne({}, () => status);
    await sender.send({ id: "evt_1", type: "t", data: { n: 1 } });
    await clock.advanceAsync(1);
    const others = [
      { type: "t", data: { n: 2 } },
      { type: "u", data: { n: 1 } },
      { type: "t", severity: "error", data: { n: 1 } },
    ] as const;
    for (const other of others) {
      const handle = await sender.send({ id: "evt_1", ...other });
      expect(handle.placements).toEqual([{ endpoint: "e", status: "conflict" }]);
      expect(await handle.outcome()).toMatchObject([{ status: "conflict", attempts: 0 }]);
    }
    const same = await sender.send({ id: "evt_1", type: "t", time: 5, data: { n: 1 } });
    expect(same.placements).toEqual([{ endpoint: "e", status: "duplicate" }]);
    expect(requests).toHaveLength(1);
  });

  test("refuses an event when an endpoint has no room, for all of its endpoints; a lossy one drops instead", async () => {
    const dropped: string[] = [];
    const hooks = { discarded: ({ endpoint }: { endpoint: string }) => void dropped.push(endpoint) };
    const sender = createSender({
      outbox: memoryOutbox({ capacity: 1 }),
      hooks,
      endpoints: [
        { name: "strict", url, enabled: false },
        { name: "lossy", url, enabled: false, lossy: true },
      ],
    });
    await sender.send({ type: "t", data: 1 });
    await expect(sender.send({ type: "t", data: 2 })).rejects.toThrow(OutboxFull);
    const handle = await sender.send({ type: "t", data: 2 }, { to: "lossy" });
    expect(handle.placements).toEqual([{ endpoint: "lossy", status: "dropped" }]);
    expect(dropped).toEqual(["lossy"]);
  });

  test("a filter that throws wants nothing, and is told to failure", async () => {
    const failures: string[] = [];
    const hooks = {
      failure: ({ where, error }: { where: string; error: unknown }) =>
        void failures.push(`${where}: ${(error as Error).message} ${(error as Error).cause}`),
    };
    const where = () => {
      throw new Error("no");
    };
    const { sender } = stageOne({ filter: { where } }, () => 200, { hooks });
    expect((await sender.send({ type: "x", data: {} })).placements).toEqual([]);
    expect(failures).toEqual(["filter: e.filter.where threw Error. Error: no"]);
  });
});
