import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createVerifier } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { bullmqDelivery } from "@countersign/outbox/bullmq";
import type { Sender } from "@countersign/sender";
import { type Job, Queue, Worker } from "bullmq";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { available, REDIS_URL } from "../replay/services.ts";
import { until } from "../replay/until.ts";
import { secret, stand } from "./stand.ts";

const prefix = `countersign-engines-${process.pid}`;
const connection = { url: REDIS_URL, maxRetriesPerRequest: null };
const event = { id: "evt_17", type: "invoice.paid", data: { invoice: 9_007_199_254_740_993n } };
const served = await available("Redis", REDIS_URL);

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

let queues = 0;

/** A queue of its own, and a worker for it as the README has it. */
function engine(sender: Sender, options = {}) {
  const queue = new Queue(`webhooks-${++queues}`, { connection, prefix });
  open.push(async () => {
    await queue.obliterate({ force: true });
    await queue.close();
  });
  const delivery = bullmqDelivery(queue, sender);
  const work = () => {
    const worker = new Worker(queue.name, delivery.process, { connection, prefix, ...options });
    worker.on("error", () => {});
    open.push(() => worker.close(true));
    return worker;
  };
  const job = async () => (await queue.getJobs())[0] as Job;
  const comesTo = (state: string) =>
    until(`a job that is ${state}`, async () => (await (await job())?.getState()) === state);
  const log = async () => (await queue.getJobLogs((await job()).id as string)).logs.map((row) => JSON.parse(row));
  return { queue, delivery, work, job, comesTo, log };
}

async function scene(...args: Parameters<typeof stand>) {
  const set = await stand(...args);
  open.push(set.close);
  return set;
}

describe.skipIf(!served)("BullMQ 6", () => {
  test("delivers, signed, with its 64-bit number, and once however often it is enqueued", async () => {
    const { receiver, sender } = await scene();
    const { queue, delivery, work, comesTo, log } = engine(sender);
    expect(await delivery.enqueue(event)).toEqual(["billing"]);
    expect(await delivery.enqueue(event)).toEqual(["billing"]);
    expect(await queue.count()).toBe(1);
    work();
    await comesTo("completed");
    await delivery.enqueue(event);
    expect(await queue.getJobCounts("wait", "completed")).toEqual({ wait: 0, completed: 1 });

    const [request] = receiver.requests;
    const { method = "", headers, body = "" } = request ?? {};
    const verifier = createVerifier(standardWebhooks, { secret });
    const verified = await verifier.verify({
      method,
      url: receiver.url,
      headers: headers as Record<string, string>,
      body,
    });
    expect(verified.text()).toContain('"invoice":9007199254740993');
    expect(verified.id).toBe("evt_17");
    expect(await log()).toMatchObject([{ number: 1, status: 204, events: 1 }]);
  });

  test("waits as Retry-After says, and tries again under the same id", async () => {
    const { sender, ids } = await scene((index) =>
      index === 0 ? { status: 429, headers: { "retry-after": "1800" } } : { status: 204 },
    );
    const { delivery, work, job, comesTo, log } = engine(sender);
    await delivery.enqueue(event);
    work();
    await comesTo("delayed");
    const waiting = await job();
    expect(waiting.data.again).toMatchObject({ attempt: 2 });
    expect(waiting.delay).toBeGreaterThan(1_795_000);
    expect(waiting.delay).toBeLessThanOrEqual(1_800_000);
    await waiting.promote();
    await comesTo("completed");
    expect(ids()).toEqual(["evt_17", "evt_17"]);
    expect((await log()).map(({ number, status }) => [number, status])).toEqual([
      [1, 429],
      [2, 204],
    ]);
  });

  test("what the schedule gives up is a failed job, and tried anew it begins at the first attempt", async () => {
    const { sender, receiver } = await scene(() => ({ status: 503 }));
    const { delivery, work, job, comesTo, log } = engine(sender);
    await delivery.enqueue(event);
    work();
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await comesTo("delayed");
      await (await job()).promote();
      await receiver.received(attempt + 1);
    }
    await comesTo("failed");
    expect((await job()).failedReason).toMatch(/^Given up after 3 attempts\./);
    await (await job()).retry();
    await comesTo("delayed");
    expect((await log()).map(({ number }) => number)).toEqual([1, 2, 3, 1]);
  });

  test("what is refused for good, or is for an endpoint that nobody knows, is a failed job at once", async () => {
    const { sender, receiver } = await scene(() => ({ status: 400 }));
    const { queue, delivery, work, job, comesTo } = engine(sender);
    await delivery.enqueue(event);
    work();
    await comesTo("failed");
    expect((await job()).failedReason).toBe("The receiver answered 400.");
    await (await job()).remove();
    await queue.add("t", { endpoint: "gone", event: { ...event, data: "1" }, again: { attempt: 1 } });
    await comesTo("failed");
    expect((await job()).failedReason).toMatch(/There is no endpoint named "gone"/);
    await (await job()).remove();
    await queue.add("t", { not: "ours" });
    await comesTo("failed");
    expect(receiver.requests).toHaveLength(1);
  });

  test("a receiver that is gone gets nothing more; enabled, it gets what was kept", async () => {
    const { sender, receiver, ids } = await scene((index) => ({ status: index === 0 ? 410 : 204 }));
    const { queue, delivery, work, comesTo } = engine(sender);
    await delivery.enqueue(event);
    work();
    await comesTo("delayed");
    expect(sender.endpoints.describe("billing")).toMatchObject({
      enabled: false,
      reason: "The receiver answered 410.",
    });
    await delivery.enqueue({ ...event, id: "evt_18" });
    await until("both wait", async () => (await queue.getDelayedCount()) === 2);
    expect(receiver.requests).toHaveLength(1);
    await sender.endpoints.enable("billing");
    await queue.promoteJobs();
    await until("both are done", async () => (await queue.getCompletedCount()) === 2);
    expect(ids().slice(1).sort()).toEqual(["evt_17", "evt_18"]);
  });

  test("a worker that is killed between the attempt and its end: the event goes out again, under the same id", async () => {
    let killed = () => {};
    const gone = new Promise<void>((resolve) => {
      killed = resolve;
    });
    const { sender, receiver, ids } = await scene(async (index) => {
      if (index === 0) await gone;
      return { status: 204 };
    });
    const { queue, delivery, work, comesTo, log } = engine(sender, { stalledInterval: 200 });
    const program = fileURLToPath(new URL("bullmq-worker.ts", import.meta.url));
    const args = ["--import", "tsx", program, queue.name, prefix, REDIS_URL, receiver.url];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    await delivery.enqueue(event);
    await receiver.received(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    killed();
    work();
    await comesTo("completed");
    expect(ids()).toEqual(["evt_17", "evt_17"]);
    // The attempt of the dead process is in nobody's log.
    expect((await log()).map(({ number }) => number)).toEqual([1]);
  }, 30_000);

  test("a holder whose lock another has cannot put the job back", async () => {
    const { sender } = await scene(() => ({ status: 503 }));
    const { queue, delivery, job } = engine(sender);
    await delivery.enqueue(event);
    const worker = new Worker(queue.name, null, { connection, prefix });
    open.push(() => worker.close(true));
    const claimed = (await worker.getNextJob("holder")) as Job;
    await expect(delivery.process(claimed, "stale")).rejects.toThrow(/Lock mismatch|Missing lock/);
    expect(await (await job()).getState()).toBe("active");
    await expect(delivery.process(claimed, "holder")).rejects.toMatchObject({ name: "DelayedError" });
    expect(await (await job()).getState()).toBe("delayed");
  });
});

test("options of bullmqDelivery that cannot be are refused by name", () => {
  const queue = { addBulk: async () => [] };
  const sender = {} as Sender;
  const wrong: [object, string][] = [
    [{ whenDisabled: "soon" }, "bullmq.whenDisabled"],
    [{ rememberFor: -1 }, "bullmq.rememberFor"],
    [{ prefix: "x" }, "bullmq.prefix"],
  ];
  for (const [options, option] of wrong) {
    expect(() => bullmqDelivery(queue, sender, options)).toThrow(expect.objectContaining({ option }));
  }
  expect(() => bullmqDelivery({} as typeof queue, sender)).toThrow(expect.objectContaining({ option: "bullmq.queue" }));
});
