import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createVerifier } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { pgBossDelivery } from "@countersign/outbox/pg-boss";
import type { Sender } from "@countersign/sender";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { until } from "../replay/until.ts";
import { secret, stand } from "./stand.ts";

/** What is done on pg-boss, in a Node that it runs on. Each scene prints a line of JSON: what came of it. */
const [schema = "", connectionString = "", wanted = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: 4 });
const boss = new PgBoss({ connectionString, schema, supervise: false, schedule: false, max: 10 });
boss.on("error", (error) => console.error(error));

const event = { id: "evt_17", type: "invoice.paid", data: { invoice: 9_007_199_254_740_993n } };

interface Row {
  readonly id: string;
  readonly state: string;
  readonly wait: number;
  readonly data: any;
  readonly output: any;
}

const rowsOf = async (queue: string): Promise<readonly Row[]> => {
  const wait = "round(extract(epoch FROM start_after - now()))::int AS wait";
  const text = `SELECT id, state::text, ${wait}, data, output FROM ${schema}.job WHERE name = $1 ORDER BY created_on, id`;
  return (await pool.query(text, [queue])).rows;
};
const statesOf = async (queue: string) => (await rowsOf(queue)).map(({ state }) => state).sort();
const comesTo = (queue: string, ...states: string[]) =>
  until(`${queue}: ${states}`, async () => String(await statesOf(queue)) === String(states), 30_000);
/** As if the wait were over. */
const due = (queue: string) =>
  pool.query(`UPDATE ${schema}.job SET start_after = now() WHERE name = $1 AND state < 'active'`, [queue]);

const engine = async (queue: string, sender: Sender, options = {}) => {
  const delivery = pgBossDelivery(boss, sender, { queue, concurrency: 2, pollInterval: "500ms", ...options });
  await delivery.prepare();
  await delivery.prepare();
  return delivery;
};

const scenes: Readonly<Record<string, (queue: string) => Promise<unknown>>> = {
  async delivered(queue) {
    const { sender, receiver, close } = await stand();
    const delivery = await engine(queue, sender);
    const endpoints = [await delivery.enqueue(event), await delivery.enqueue(event)];
    const enqueued = await statesOf(queue);
    await delivery.work();
    await comesTo(queue, "completed");
    await delivery.enqueue(event);
    const [row] = await rowsOf(queue);
    const { method = "", headers = {}, body = "" } = receiver.requests[0] ?? {};
    const verifier = createVerifier(standardWebhooks, { secret });
    const verified = await verifier.verify({
      method,
      url: receiver.url,
      headers: headers as Record<string, string>,
      body,
    });
    await close();
    return {
      endpoints,
      enqueued,
      id: verified.id,
      exact: verified.text().includes('"invoice":9007199254740993'),
      output: row?.output,
      after: await statesOf(queue),
    };
  },

  async retried(queue) {
    const { sender, ids, close } = await stand((index) =>
      index === 0 ? { status: 429, headers: { "retry-after": "1800" } } : { status: 204 },
    );
    const delivery = await engine(queue, sender);
    await delivery.enqueue(event);
    await delivery.work();
    await comesTo(queue, "retry");
    const [{ wait, data, output } = {} as Row] = await rowsOf(queue);
    await due(queue);
    await comesTo(queue, "completed");
    const [row] = await rowsOf(queue);
    await close();
    return { wait, attempt: data.again.attempt, status: output.status, ids: ids(), end: row?.output.number };
  },

  async dead(queue) {
    const { sender, receiver, close } = await stand(() => ({ status: 503 }));
    const delivery = await engine(queue, sender);
    await delivery.enqueue(event);
    await delivery.work();
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await comesTo(queue, "retry");
      await due(queue);
      await receiver.received(attempt + 1);
    }
    await comesTo(queue, "failed");
    const letters = await statesOf(`${queue}_dead`);
    const [{ output } = {} as Row] = await rowsOf(queue);
    const moved = await boss.redrive(`${queue}_dead`);
    await comesTo(queue, "failed", "retry");
    const again = (await rowsOf(queue)).find(({ state }) => state === "retry");
    await close();
    return {
      letters,
      message: output.message,
      moved,
      begins: again?.output.number,
      requests: receiver.requests.length,
    };
  },

  async refused(queue) {
    const { sender, receiver, close } = await stand(() => ({ status: 400 }));
    const delivery = await engine(queue, sender);
    await delivery.enqueue(event);
    await boss.send(queue, { endpoint: "gone", event: { ...event, data: "1" }, again: { attempt: 1 } });
    await boss.send(queue, { not: "ours" });
    await boss.send(queue, null);
    await delivery.work();
    await comesTo(queue, "failed", "failed", "failed", "failed");
    const messages = (await rowsOf(queue)).map(({ output }) => output.message).sort();
    await close();
    return { messages, letters: (await statesOf(`${queue}_dead`)).length, requests: receiver.requests.length };
  },

  async disabled(queue) {
    const { sender, receiver, ids, close } = await stand((index) => ({ status: index === 0 ? 410 : 204 }));
    const delivery = await engine(queue, sender);
    await delivery.enqueue(event);
    await delivery.work();
    await comesTo(queue, "retry");
    await delivery.enqueue({ ...event, id: "evt_18" });
    await comesTo(queue, "retry", "retry");
    const { enabled, reason } = sender.endpoints.describe("billing");
    const waits = (await rowsOf(queue)).map(({ wait }) => wait > 290 && wait <= 300);
    const before = receiver.requests.length;
    await sender.endpoints.enable("billing");
    await due(queue);
    await comesTo(queue, "completed", "completed");
    await close();
    return { enabled, reason, waits, before, ids: ids().slice(1).sort() };
  },

  async killed(queue) {
    let killed = () => {};
    const gone = new Promise<void>((resolve) => {
      killed = resolve;
    });
    const { sender, receiver, ids, close } = await stand(async (index) => {
      if (index === 0) await gone;
      return { status: 204 };
    });
    const delivery = await engine(queue, sender);
    await delivery.enqueue(event);
    const program = fileURLToPath(new URL("boss-worker.ts", import.meta.url));
    const child = spawn(
      process.execPath,
      [...process.execArgv, program, schema, connectionString, receiver.url, queue],
      {
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    await receiver.received(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    killed();
    const left = await statesOf(queue);
    await pool.query(`UPDATE ${schema}.job SET heartbeat_on = now() - interval '1 minute' WHERE name = $1`, [queue]);
    await boss.supervise(queue);
    await comesTo(queue, "retry");
    await due(queue);
    await delivery.work();
    await comesTo(queue, "completed");
    const [row] = await rowsOf(queue);
    await close();
    return { left, ids: ids(), number: row?.output.number };
  },

  async transaction(queue) {
    const { sender, ids, close } = await stand();
    const delivery = await engine(queue, sender);
    await pool.query(`CREATE TABLE ${schema}.invoice (id text)`);
    for (const how of ["ROLLBACK", "COMMIT"]) {
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query(`INSERT INTO ${schema}.invoice VALUES ($1)`, [how]);
      const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
      await delivery.enqueue({ ...event, id: how }, { db });
      await client.query(how);
      client.release();
    }
    await delivery.work();
    await comesTo(queue, "completed");
    const invoices = (await pool.query(`SELECT id FROM ${schema}.invoice`)).rows.map(({ id }) => id);
    await close();
    return { invoices, ids: ids() };
  },

  async stale(queue) {
    let answer = () => {};
    const frozen = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { sender, receiver, close } = await stand(async () => {
      await frozen;
      return { status: 503 };
    });
    const delivery = await engine(queue, sender, { concurrency: 1 });
    await delivery.enqueue(event);
    await delivery.work();
    await receiver.received(1);
    // The heartbeat was missed, another has taken the job and waits for what he sent.
    await pool.query(`UPDATE ${schema}.job SET heartbeat_on = now() - interval '1 minute' WHERE name = $1`, [queue]);
    await boss.supervise(queue);
    await comesTo(queue, "retry");
    await due(queue);
    const [taken] = await boss.fetch<any>(queue);
    answer();
    await until("the stale holder is through", () => boss.getWipData({}).every(({ count }) => count === 0), 30_000);
    const [row] = await rowsOf(queue);
    await close();
    return { taken: taken?.retryCount, state: row?.state, attempt: row?.data.again.attempt };
  },

  async overtaken(queue) {
    let answer = () => {};
    const frozen = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { sender, receiver, close } = await stand(async () => {
      await frozen;
      return { status: 503 };
    });
    const delivery = await engine(queue, sender, { concurrency: 1 });
    await delivery.enqueue(event);
    await delivery.work();
    await receiver.received(1);
    await pool.query(`UPDATE ${schema}.job SET heartbeat_on = now() - interval '1 minute' WHERE name = $1`, [queue]);
    await boss.supervise(queue);
    await comesTo(queue, "retry");
    await pool.query(`UPDATE ${schema}.job SET start_after = now() + interval '1 hour' WHERE name = $1`, [queue]);
    answer();
    await until("the stale holder is through", () => boss.getWipData({}).every(({ count }) => count === 0), 30_000);
    const [row] = await rowsOf(queue);
    await close();
    return { state: row?.state, attempt: row?.data.again.attempt, waits: (row?.wait ?? 0) > 3_500 };
  },

  async fair(queue) {
    let answer = () => {};
    const hangs = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow = await stand(async () => {
      await hangs;
      return { status: 204 };
    });
    const { sender, receiver, close } = await stand();
    sender.endpoints.add({ name: "slow", url: slow.receiver.url });
    const delivery = await engine(queue, sender, { concurrency: 3, perEndpoint: 1 });
    for (const id of ["a", "b", "c"]) await delivery.enqueue({ ...event, id }, { to: "slow" });
    for (const id of ["d", "e", "f"]) await delivery.enqueue({ ...event, id }, { to: "billing" });
    await delivery.work();
    await receiver.received(3);
    const held = slow.receiver.requests.length;
    answer();
    await slow.receiver.received(3);
    await close();
    await slow.close();
    return { held };
  },

  async fifo(queue) {
    const { sender, ids, close } = await stand((index) => ({ status: index === 0 ? 503 : index === 2 ? 400 : 204 }));
    const delivery = await engine(queue, sender, { order: "fifo" });
    for (const id of ["a", "b", "c"]) await delivery.enqueue({ ...event, id });
    await delivery.work();
    await until("the first waits", async () => (await statesOf(queue)).includes("retry"), 30_000);
    const [worker] = boss.getWipData();
    // So many looks later nothing behind it has gone out.
    const looked = worker?.lastFetchedOn ?? 0;
    await until("it looked again", () => (boss.getWipData()[0]?.lastFetchedOn ?? 0) > looked + 1_000, 30_000);
    const held = ids();
    await due(queue);
    await comesTo(queue, "completed", "created", "failed");
    const end = [ids(), await statesOf(queue), await boss.getBlockedKeys(queue)];
    await close();
    return { held, end };
  },
};

await boss.start();
for (const [name, scene] of Object.entries(scenes)) {
  if (wanted !== "" && name !== wanted) continue;
  const queue = `q_${name}`;
  const came = await scene(queue).catch((error: Error) => ({ error: error.stack }));
  await boss.offWork(queue, { wait: false }).catch(() => {});
  console.log(JSON.stringify({ name, came }));
}
await boss.stop({ graceful: false });
await pool.end();
process.exit();
