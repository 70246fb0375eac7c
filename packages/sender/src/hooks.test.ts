import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import { senderChannels } from "./hooks.ts";
import { waits } from "./pace/schedule.ts";
import type { SenderOptions } from "./sender.ts";
import { stageOne } from "./testing/stage-one.ts";

describe("hooks", () => {
  test("hooks and channels are told; a hook that throws changes nothing", async () => {
    const told: string[] = [];
    const onChannel = (message: unknown) => told.push(`channel ${(message as { event: { id: string } }).event.id}`);
    subscribe(senderChannels.delivered, onChannel);
    const hooks: SenderOptions["hooks"] = {
      enqueued: () => void told.push("enqueued"),
      attempt: ({ attempt }) => void told.push(`attempt ${attempt.number} ${attempt.status}`),
      retry: ({ attempts }) => void told.push(`retry ${attempts}`),
      delivered: () => {
        throw new Error("a hook's own mistake");
      },
      failure: ({ where }) => void told.push(`failure ${where}`),
    };
    const { clock, sender } = stageOne({ retry: waits(["1s"]) }, (index) => (index === 0 ? 503 : 200), { hooks });
    const handle = await sender.send({ id: "evt_1", type: "t", data: 1 });
    await clock.advanceAsync(5_000);
    unsubscribe(senderChannels.delivered, onChannel);
    expect((await handle.outcome())[0]?.status).toBe("delivered");
    expect(told).toEqual(["enqueued", "attempt 1 503", "retry 1", "attempt 2 200", "channel evt_1", "failure hook"]);
  });
});
