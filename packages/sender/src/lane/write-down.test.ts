import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import type { Result } from "../outbox/parts.ts";
import { never, waits } from "../pace/schedule.ts";
import { stageOne } from "../testing/stage-one.ts";

/** A memory outbox in which results of a kind fail to be written a few times. `after`: only once it has done its work. */
function flaky(kind: Result["kind"], times: number, after = false) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const outbox = memoryOutbox({ clock });
  const original = outbox.finish.bind(outbox);
  let left = times;
  outbox.finish = async (results) => {
    if (results[0]?.kind !== kind) return original(results);
    left -= 1;
    if (left >= 0 && !after) throw new Error("down");
    const answers = await original(results);
    if (left >= 0) throw new Error("connection lost");
    return answers;
  };
  return { outbox, clock };
}

describe("an outbox that fails to write down what became of an event", () => {
  test.each([
    ["before it is written", false],
    ["after it was written", true],
  ])("is asked again: what was delivered is not sent a second time (%s)", async (_name, after) => {
    const failures: string[] = [];
    const { clock, sender, requests } = stageOne({}, () => 200, {
      ...flaky("done", 2, after),
      hooks: { failure: ({ where }) => void failures.push(where) },
    });
    const handle = await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(600_000);
    expect(requests).toHaveLength(1);
    expect((await handle.outcome())[0]?.status).toBe("delivered");
    expect(failures).toContain("outbox");
  });

  test("so are its retries and burials", async () => {
    const retried = stageOne({ retry: waits(["1s"]) }, (index) => (index === 0 ? 503 : 200), {
      ...flaky("retry", 2),
    });
    await retried.sender.send({ type: "t", data: 1 });
    await retried.clock.advanceAsync(5_000);
    expect(retried.requests).toHaveLength(2);
    const buried = stageOne({ retry: never() }, () => 503, flaky("bury", 2));
    const handle = await buried.sender.send({ type: "t", data: 1 });
    await buried.clock.advanceAsync(600_000);
    expect(buried.requests).toHaveLength(1);
    expect((await handle.outcome())[0]?.status).toBe("dead");
  });

  test("one that stays down is given up before the lease ends, and the other items go on", async () => {
    const { clock, sender, requests } = stageOne({}, () => 200, flaky("done", 1_000));
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(80_000);
    await sender.send({ type: "t", data: 2 });
    await clock.advanceAsync(1);
    expect(requests).toHaveLength(2);
  });
});
