import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { replayStoreContract } from "@countersign/core/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { event, fromStripe, listen, printed, toRequest } from "./testing.ts";

const REDIS_URL = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";

describe("Upstash", () => {
  const redis = new Redis(REDIS_URL, { lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null });
  redis.on("error", () => undefined);
  const used = new Set<string>();

  let answers = false;
  beforeAll(async () => {
    answers = await redis.connect().then(
      () => true,
      () => false,
    );
    if (answers) return;
    const line = `Redis does not answer at ${new URL(REDIS_URL).host}; set REDIS_URL.`;
    if (process.env.CI === "true") throw new Error(line);
    console.warn(`Left out: ${line}`);
  });
  afterAll(async () => {
    if (used.size > 0) await redis.del(...used);
    redis.disconnect();
  });

  /** Upstash's REST interface in front of a Redis: a command is a JSON list, its answer `{ result }` or `{ error }`. */
  const rest = createServer(async (req, res) => {
    const answer = (status: number, value: object) => {
      res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (req.headers.authorization !== "Bearer a-token-of-the-tests") return answer(401, { error: "Unauthorized" });
    if (req.method !== "POST" || req.url !== "/") return answer(404, { error: "Not found" });
    const [command = "", ...values] = (JSON.parse(await text(req)) as unknown[]).map(String);
    if (command.toLowerCase() === "eval") for (const key of values.slice(2, 2 + Number(values[1]))) used.add(key);
    const coded = req.headers["upstash-encoding"] === "base64";
    try {
      const result = await redis.call(command, ...values);
      const text = typeof result === "string" && coded ? Buffer.from(result).toString("base64") : result;
      answer(200, { result: text });
    } catch (error) {
      answer(400, { error: (error as Error).message });
    }
  });

  async function load(): Promise<typeof import("./store-upstash.ts")> {
    vi.stubEnv("UPSTASH_REDIS_REST_URL", await listen(rest));
    vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", "a-token-of-the-tests");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.resetModules();
    return import("./store-upstash.ts");
  }

  /** Redis has no clock to set, so the keys are aged instead. */
  async function elapse(milliseconds: number): Promise<void> {
    for (const key of used) {
      const left = (await redis.pttl(key)) - milliseconds;
      if (left <= 0) await redis.del(key);
      else await redis.pexpire(key, left);
    }
  }

  const cases = replayStoreContract(async () => ({ store: (await load()).store, elapse }));
  for (const { name, run } of cases) {
    it(name, async ({ skip }) => {
      skip(!answers);
      await run();
    });
  }

  it("lets a delivery in once", async ({ skip }) => {
    skip(!answers);
    const lines = printed();
    const { POST } = await load();
    const request = await fromStripe({ ...event, id: `evt_${Date.now()}` });
    const [first, again] = [await POST(toRequest(request)), await POST(toRequest(request))];
    expect([first.status, again.status]).toEqual([204, 200]);
    expect(lines).toEqual([["invoice.paid"]]);
  });
});
