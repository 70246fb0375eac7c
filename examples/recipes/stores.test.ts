import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { replayStoreContract } from "@countersign/core/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { d1 } from "../d1/testing.ts";
import { dynamoReplayStore } from "./store-dynamodb.ts";
import { event, fromStripe, listen, printed, toRequest } from "./testing.ts";

// It brings no types.
const dynalite: (options: object) => Server = createRequire(import.meta.url)("dynalite");

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

describe("DynamoDB", () => {
  const TableName = "replay";
  const server = dynalite({ createTableMs: 0 });
  let client: DynamoDBDocumentClient;

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const dynamodb = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "tests", secretAccessKey: "tests" },
    });
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
    client = DynamoDBDocumentClient.from(dynamodb);
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  /** DynamoDB has no clock to set, so the items are aged instead. */
  async function elapse(milliseconds: number): Promise<void> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    for (const { id } of Items) {
      const UpdateExpression = "SET freeAt = freeAt - :ms";
      const ExpressionAttributeValues = { ":ms": milliseconds };
      await client.send(new UpdateCommand({ TableName, Key: { id }, UpdateExpression, ExpressionAttributeValues }));
    }
  }

  const cases = replayStoreContract(() => ({ store: dynamoReplayStore(client, TableName), elapse }));
  // The recipe says so: a delivery's second name is not kept.
  const ofTwins = /\btwin\b|^two that are both done/;
  it("keeps all of the contract but what is about twins", () => {
    expect(cases.filter(({ name }) => ofTwins.test(name))).toHaveLength(9);
  });
  for (const { name, run } of cases.filter(({ name }) => !ofTwins.test(name))) it(name, run);

  it("tells DynamoDB in seconds when a key may be deleted, never before it is free", async () => {
    await dynamoReplayStore(client, TableName).claim("one", "a", 60_000);
    const { Item } = await client.send(new GetCommand({ TableName, Key: { id: "one" } }));
    expect(Item?.expires * 1000 - Item?.freeAt).toBeGreaterThanOrEqual(0);
    expect(Item?.expires * 1000 - Item?.freeAt).toBeLessThan(1000);
  });

  it("fails when DynamoDB does, and never as if the key were held", async () => {
    await expect(dynamoReplayStore(client, "no-such-table").claim("one", "a", 60_000)).rejects.toThrow();
    await expect(dynamoReplayStore(client, "no-such-table").release("one", "a")).rejects.toThrow();
  });
});

describe("waitUntil", () => {
  async function start() {
    vi.resetModules();
    const { default: worker } = await import("./wait-until.ts");
    const jobs: { finish(): void; fail(error: Error): void }[] = [];
    const work = () => new Promise<void>((finish, fail) => void jobs.push({ finish, fail }));
    const env = { STRIPE_WEBHOOK_SECRET: process.env.STRIPE_WEBHOOK_SECRET!, REPLAY: d1().binding, work };
    const alive: Promise<unknown>[] = [];
    const request = await fromStripe();
    const send = async () =>
      (await worker.fetch(toRequest(request), env, { waitUntil: (promise) => void alive.push(promise) })).status;
    return { jobs, alive, send };
  }

  it("keeps the delivery claimed while it works, and commits it behind the answer", async () => {
    const { jobs, alive, send } = await start();
    expect([await send(), await send()]).toEqual([202, 503]);
    jobs[0]?.finish();
    expect(await Promise.all(alive)).toEqual([true]);
    expect(await send()).toBe(200);
    expect(jobs).toHaveLength(1);
  });

  it("lets the delivery in again when the work has failed", async () => {
    const { jobs, alive, send } = await start();
    expect(await send()).toBe(202);
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => said.mockRestore());
    jobs[0]?.fail(new Error("no luck"));
    await Promise.all(alive);
    expect(said).toHaveBeenCalledWith(new Error("no luck"));
    expect(await send()).toBe(202);
  });
});
