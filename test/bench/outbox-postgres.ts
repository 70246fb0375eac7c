/** What an outbox in PostgreSQL costs: from commit to delivery, beside a sender without one; and when very many wait. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Sender } from "@countersign/sender";
import pg from "pg";
import { freshSchema, run } from "../outbox/postgres.ts";
import { importPacked } from "../packed/pack.ts";
import { available, DATABASE_URL } from "../replay/services.ts";
import { benchClaims, DATA, type Waiting } from "./claims.ts";
import { median, quantile, type Row, rounds } from "./measure.ts";

type Postgres = typeof import("@countersign/outbox/postgres");
type Senders = typeof import("@countersign/sender");

/** Events for each second, and seconds of a turn. */
const RATE = 500;
const TURN = 4;
/** They go to so many endpoints in turn: eight requests at a time each, as is the default. */
const ENDPOINTS = 10;

/** Remembers when each event arrived, by the clock that all threads of a process share. */
const RECEIVER = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  const now = () => performance.timeOrigin + performance.now();
  let arrived = [];
  createServer((request, response) => {
    const at = now();
    let text = "";
    request.on("data", (chunk) => (text += chunk)).on("end", () => {
      arrived.push([JSON.parse(text).id, at]);
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1", function () { parentPort.postMessage(this.address().port); });
  parentPort.on("message", () => { parentPort.postMessage(arrived); arrived = []; });
`;
const now = () => performance.timeOrigin + performance.now();

export async function benchPostgres(): Promise<Row[]> {
  if (!(await available("PostgreSQL", DATABASE_URL))) return [];
  const { postgresOutbox, migratePostgresOutbox } = await importPacked<Postgres>("@countersign/outbox/postgres");
  const schema = freshSchema();
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
  try {
    await migratePostgresOutbox(pool, { schema });
    const latency = await benchLatency((client) => postgresOutbox(client, { schema }), pool);
    return [...latency, ...(await benchClaims("PostgreSQL", (waiting) => fill(postgresOutbox, pool, waiting)))];
  } finally {
    await pool.end();
    await run(DATABASE_URL, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  }
}

async function benchLatency(outboxOf: (pool: pg.Pool) => ReturnType<Postgres["postgresOutbox"]>, pool: pg.Pool) {
  const { createSender } = await importPacked<Senders>("@countersign/sender");
  const receiver = new Worker(RECEIVER, { eval: true });
  const [port] = (await once(receiver, "message")) as [number];
  const options = {
    guard: { allow: ["127.0.0.0/8"], schemes: ["http"], ports: [port] },
    endpoints: Array.from({ length: ENDPOINTS }, (_, n) => ({ name: `e${n}`, url: `http://127.0.0.1:${port}/` })),
  } as const;
  const sides = {
    without: createSender(options),
    kept: createSender({ ...options, outbox: outboxOf(pool) }),
  };
  const waits = { without: [] as number[], kept: [] as number[] };
  const sends = { without: [] as number[], kept: [] as number[] };
  let turn = 0;
  const one = async (side: keyof typeof sides, count: number, keep: boolean) => {
    turn += 1;
    const accepted = await load(sides[side], `${side}-${turn}`, count, sends[side]);
    receiver.postMessage("");
    const [arrived] = (await once(receiver, "message")) as [[string, number][]];
    if (arrived.length !== count) throw new Error(`${arrived.length} of ${count} arrived.`);
    if (keep) waits[side].push(...arrived.map(([id, at]) => Math.max(0, at - (accepted.get(id) as number))));
  };
  for (const side of ["without", "kept"] as const) await one(side, RATE, false);
  for (let round = 0; round < rounds(6); round++) {
    for (const side of round % 2 === 0 ? (["without", "kept"] as const) : (["kept", "without"] as const))
      await one(side, RATE * TURN, true);
  }
  for (const sender of Object.values(sides)) await sender.close();
  await receiver.terminate();
  const told = (share: number) =>
    `without an outbox ${quantile(waits.without, share).toFixed(2)} ms, in interleaved turns of ${TURN} s; on the same two cores as receiver and database`;
  return [
    {
      name: `PostgreSQL outbox: commit to delivery at ${RATE} events/s, median`,
      value: median(waits.kept),
      unit: " ms",
      note: told(0.5),
    },
    {
      name: `PostgreSQL outbox: commit to delivery at ${RATE} events/s, 99th percentile`,
      value: quantile(waits.kept, 0.99),
      unit: " ms",
      note: told(0.99),
    },
    {
      name: `PostgreSQL outbox: send() at ${RATE} events/s, to its commit, median`,
      value: median(sends.kept),
      unit: " ms",
      note: `99th percentile ${quantile(sends.kept, 0.99).toFixed(2)} ms; without an outbox ${median(sends.without).toFixed(2)} and ${quantile(sends.without, 0.99).toFixed(2)} ms`,
    },
  ];
}

/** Sends so many at an even pace, and says when each was accepted; all have arrived then. */
async function load(sender: Sender, name: string, count: number, took: number[]): Promise<Map<string, number>> {
  const accepted = new Map<string, number>();
  const outcomes: Promise<unknown>[] = [];
  const start = now();
  const data = JSON.parse(DATA);
  for (let n = 0; n < count; ) {
    for (const due = Math.min(count, Math.floor(((now() - start) * RATE) / 1_000) + 1); n < due; n++) {
      const id = `${name}-${n}`;
      const asked = now();
      const sending = sender.send({ id, type: "t", data }, { to: `e${n % ENDPOINTS}` });
      outcomes.push(
        sending.then((handle) => {
          accepted.set(id, now());
          took.push(now() - asked);
          return handle.outcome();
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(outcomes);
  return accepted;
}

/** An outbox in which so many wait, written by the server itself: a million would take minutes one by one. */
async function fill(postgresOutbox: Postgres["postgresOutbox"], pool: pg.Pool, waiting: number): Promise<Waiting> {
  const schema = freshSchema();
  const outbox = postgresOutbox(pool, { schema });
  await outbox.enqueue([
    {
      event: { id: "first", generated: false, type: "t", severity: "info", time: 0, data: DATA },
      placements: [{ endpoint: "a", generation: 1 }],
    },
  ]);
  await pool.query(`INSERT INTO ${schema}.outbox_item (id, place, endpoint, generation, name, digest, event, due, enqueued)
    SELECT n, n, endpoint, generation, 'e' || n, digest, event, due, enqueued
    FROM ${schema}.outbox_item, generate_series(2, ${waiting}) AS n WHERE id = 1`);
  await pool.query(`SELECT setval('${schema}.outbox_counter', ${waiting})`);
  await pool.query(`VACUUM ANALYZE ${schema}.outbox_item`);
  return {
    outbox,
    async close() {
      await outbox.close();
      await run(DATABASE_URL, `DROP SCHEMA ${schema} CASCADE`);
    },
  };
}
