import { describe, expect, test } from "vitest";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { never, waits } from "../pace/schedule.ts";
import { stage } from "../testing/stage.ts";
import { stageOne } from "../testing/stage-one.ts";

describe("dead letters", () => {
  test("keep the event with its attempts, and can be sent again", async () => {
    let ill = true;
    const { clock, sender, data } = stageOne({ retry: waits(["1s"]) }, () =>
      ill ? { status: 503, body: "down for repairs" } : 200,
    );
    await sender.send({ type: "t", data: "precious" });
    await clock.advanceAsync(10_000);
    const [letter] = (await sender.deadLetters.list({ endpoint: "e" })).letters;
    expect(letter).toMatchObject({
      attempts: 2,
      burial: { reason: "exhausted" },
      event: { type: "t", data: '"precious"' },
    });
    expect(letter?.history.map((one) => [one.status, one.excerpt])).toEqual([
      [503, "down for repairs"],
      [503, "down for repairs"],
    ]);
    ill = false;
    expect(await sender.deadLetters.redriveAll("e")).toBe(1);
    await clock.advanceAsync(10);
    expect(data()).toEqual(["precious", "precious", "precious"]);
    expect(await sender.deadLetters.list()).toEqual({ letters: [] });
    expect(await sender.deadLetters.redrive(letter?.id as string)).toBe(false);
  });

  test("redriveAll ends when letters die again at once, and lets the event loop turn", async () => {
    const outbox = memoryOutbox();
    let redriven = 0;
    const redrive = outbox.redrive.bind(outbox);
    outbox.redrive = async (ask) => {
      const answer = await redrive(ask);
      redriven += answer.moved;
      if (redriven > 5_000) throw new Error("It would never end.");
      return answer;
    };
    const { clock, sender } = stageOne({ retry: never(), concurrency: 1_000 }, () => 400, {
      outbox,
      deadLetterEvents: false,
    });
    for (let n = 0; n < 1_200; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(10);
    expect(await sender.endpoints.stats("e")).toMatchObject({ dead: 1_200 });
    let turns = 0;
    const count = () => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    expect(await sender.deadLetters.redriveAll("e")).toBe(1_200);
    clearImmediate(timer);
    expect(redriven).toBe(1_200);
    expect(turns).toBeGreaterThan(1);
    await clock.advanceAsync(10);
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 1_200 });
  });

  test("webhook.dlq goes to who asks for it, never to the endpoint that failed, and its own failure raises nothing", async () => {
    const endpoint = (name: string, filter: object) => ({ name, url: `https://${name}.example.com/`, filter });
    const { clock, sender, requests } = stage(
      [
        endpoint("a", { include: ["t", "webhook.dlq"] }),
        endpoint("alarm", { include: ["webhook.dlq"] }),
        endpoint("everything", {}),
      ],
      () => 400,
    );
    await sender.send({ id: "evt_1", type: "t", data: "private" }, { to: "a" });
    await clock.advanceAsync(60_000);
    expect(requests.map((request) => request.url.host)).toEqual(["a.example.com", "alarm.example.com"]);
    expect(JSON.parse(requests[1]?.text as string)).toMatchObject({
      type: "webhook.dlq",
      severity: "error",
      data: { endpoint: "a", reason: "permanent", attempts: 1, event: { id: "evt_1", type: "t" } },
    });
    expect(requests[1]?.text).not.toContain("private");
    expect((await sender.deadLetters.list()).letters).toHaveLength(2);
  });
});
