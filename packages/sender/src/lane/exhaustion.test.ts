import { describe, expect, test } from "vitest";
import { never } from "../pace/schedule.ts";
import { stageOne } from "../testing/stage-one.ts";

describe("a machine that runs out of descriptors", () => {
  test("costs no event an attempt, and is told as its own failure", async () => {
    const failures: unknown[] = [];
    const attempts: unknown[] = [];
    const { clock, sender, times } = stageOne(
      { retry: never() },
      (index) => (index < 3 ? { error: "out_of_resources" } : 200),
      {
        hooks: {
          failure: ({ endpoint, where }) => void failures.push(`${endpoint} ${where}`),
          attempt: ({ attempt }) => void attempts.push(attempt.number),
        },
      },
    );
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(60_000);
    expect((await handle.outcome())[0]).toMatchObject({ status: "delivered", attempts: 1 });
    expect((await handle.outcome())[0]?.history).toHaveLength(1);
    expect(times()).toEqual([0, 1_000, 2_000, 3_000]);
    expect(failures).toEqual(["e machine", "e machine", "e machine"]);
    expect(attempts).toEqual([1]);
  });

  test("opens no breaker, and lets an open one go on probing", async () => {
    const states: string[] = [];
    const { clock, sender, requests } = stageOne(
      { retry: never(), breaker: { minimum: 2, cooldown: "10s" } },
      (index) => (index < 2 ? 503 : index < 6 ? { error: "out_of_resources" } : 200),
      { hooks: { breaker: ({ state }) => void states.push(state) } },
    );
    for (const n of [1, 2, 3]) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(1);
    await clock.advanceAsync(60_000);
    expect(states).toEqual(["opened", "closed"]);
    expect(requests.length).toBeGreaterThan(6);
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 2 });
  });
});
