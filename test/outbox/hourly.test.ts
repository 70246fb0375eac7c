import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@countersign/core/testing";
import { sqliteOutbox } from "@countersign/outbox";
import { stage } from "@countersign/sender/testing";
import { fromTailscale } from "@countersign/systems";
import { expect, test } from "vitest";

const HOUR = 3_600_000;
const config = {
  endpointUrl: "https://example.com/hooks",
  subscriptions: ["nodeCreated"],
  secret: "tskey-webhook-xxxxx",
};

test("a deploy ended Tailscale's 24 hours of retries: they go on over restarts, each at its time, then comes the dead letter", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-hourly-"));
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const start = clock.now();
  /** A process with the file: its sender, and when it sent. */
  const boot = () => {
    const outbox = sqliteOutbox(join(folder, "outbox.db"), { clock, pollInterval: "10m" });
    const { sender, requests } = stage(fromTailscale(config, { tailnet: "example.com" }), () => 503, { clock, outbox });
    return { sender, times: () => requests.map(({ at }) => at - start) };
  };
  const times: number[] = [];
  try {
    let { sender, times: sent } = boot();
    await sender.send({ id: "evt_1", type: "nodeCreated", data: { message: "Node created" } });
    // Between two attempts it stands still for ten minutes, as a slow deploy does.
    for (const hours of [3.5, 0.5, 9.25, 14]) {
      await clock.advanceAsync(hours * HOUR - 600_000);
      await sender.close();
      times.push(...sent());
      await clock.advanceAsync(600_000);
      ({ sender, times: sent } = boot());
    }
    await clock.advanceAsync(1_000);
    const { letters } = await sender.deadLetters.list();
    await sender.close();
    times.push(...sent());
    expect(times).toHaveLength(25);
    for (const [hour, at] of times.entries())
      expect([hour, at >= hour * HOUR && at <= hour * HOUR + 600_000]).toEqual([hour, true]);
    expect(letters).toMatchObject([{ event: { id: "evt_1" }, attempts: 25 }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
