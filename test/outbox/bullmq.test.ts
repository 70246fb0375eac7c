import { systemClock } from "@countersign/core";
import { type WebhookJob, webhookProcessor } from "@countersign/outbox/bullmq";
import { createSender, never, waits } from "@countersign/sender";
import { type StubAnswer, stubTransport } from "@countersign/sender/testing";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { available, REDIS_URL } from "../replay/services.ts";
import { until } from "../replay/until.ts";

if (await available("Redis", REDIS_URL)) {
  const { hostname: host, port } = new URL(REDIS_URL);
  const connection = { host, port: Number(port) || 6379 };
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  let queues = 0;
  /** A queue of its own, a real worker over it, and what went out. */
  function start(answer: (index: number) => StubAnswer, retry = waits(["30ms", "30ms"])) {
    const name = `webhooks_${process.pid}_${Date.now().toString(36)}_${++queues}`;
    const queue = new Queue<WebhookJob>(name, { connection });
    const transport = stubTransport(systemClock, (_request, index) => answer(index));
    const sender = createSender({
      transport,
      endpoints: [{ name: "billing", url: "https://example.com/", retry, breaker: false }],
    });
    const disabled: string[] = [];
    const processor = webhookProcessor(sender, { onDisable: (endpoint) => void disabled.push(endpoint) });
    const worker = new Worker<WebhookJob>(name, processor, { connection });
    ends.push(async () => {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
      await sender.close();
    });
    const send = (id: string) => {
      const event = { id, type: "invoice.paid", data: { id } };
      return queue.add("webhook", { endpoint: "billing", event }, { jobId: id });
    };
    return { queue, requests: transport.requests, disabled, send };
  }

  describe("BullMQ's worker over sender.attempt", () => {
    test("delivers, and the same id once", async () => {
      const { queue, requests, send } = start(() => 204);
      await send("evt_1");
      await send("evt_1");
      await until("it is completed", async () => (await queue.getCompletedCount()) === 1);
      expect(requests.map(({ text }) => JSON.parse(text).id)).toEqual(["evt_1"]);
    });

    test("tries again by the sender's schedule, and fails the job when it has ended", async () => {
      const { queue, requests, send } = start(() => 503);
      const job = await send("evt_2");
      await until("it has failed", async () => (await queue.getFailedCount()) === 1);
      expect(requests).toHaveLength(3);
      const failed = await queue.getJob(job.id as string);
      expect(failed?.failedReason).toMatch(/^dead: Given up after 3 attempts/);
      for (const [index, { at }] of requests.entries()) {
        if (index > 0) expect(at - (requests[index - 1]?.at as number)).toBeGreaterThanOrEqual(25);
      }
    });

    test("waits as long as the receiver asks", async () => {
      const { queue, requests, send } = start((index) =>
        index === 0 ? { status: 429, headers: { "retry-after": "1" } } : 204,
      );
      await send("evt_3");
      await until("it is completed", async () => (await queue.getCompletedCount()) === 1);
      expect((requests[1]?.at as number) - (requests[0]?.at as number)).toBeGreaterThanOrEqual(950);
    });

    test("a 410 is told, and no further attempt is made", async () => {
      const { queue, requests, disabled, send } = start(() => 410, never());
      await send("evt_4");
      await until("it has failed", async () => (await queue.getFailedCount()) === 1);
      expect([requests.length, disabled]).toEqual([1, ["billing"]]);
    });
  });

  test("the queues are gone afterwards", async () => {
    const redis = new Redis(REDIS_URL);
    const left = await redis.keys(`bull:webhooks_${process.pid}_*`);
    await redis.quit();
    expect(left).toEqual([]);
  });
}
