/** What keeping an event costs: against a bare insert of the same durability, and when very many wait. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPacked } from "../packed/pack.ts";
import { benchClaims, DATA, type Waiting } from "./claims.ts";
import { quantile, type Row, rounds } from "./measure.ts";

type Outboxes = typeof import("@countersign/outbox");
interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): { run(...values: (string | number)[]): unknown };
  close(): unknown;
}

const FEW = 1_000;
const AT_ONCE = 200;

export async function benchOutbox(): Promise<Row[]> {
  const { sqliteOutbox } = await importPacked<Outboxes>("@countersign/outbox");
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  try {
    return [
      ...(await benchEnqueue(sqliteOutbox(join(folder, "enqueue.db")), openRaw(join(folder, "raw.db")))),
      ...(await benchClaims("SQLite", (waiting) => fill(sqliteOutbox, folder, waiting))),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let count = 0;
const placing = () => ({
  event: { id: `e${count++}`, generated: false, type: "t", severity: "info" as const, time: Date.now(), data: DATA },
  placements: [{ endpoint: "a", generation: 1 }],
});

/** A table with one index, and a commit that waits for the disk: the least that keeps an event. */
function openRaw(path: string): Database {
  const own = process.getBuiltinModule?.("node:sqlite" as never) as
    | { DatabaseSync: new (path: string) => Database }
    | undefined;
  const Driver = own?.DatabaseSync ?? createRequire(import.meta.url)("libsql");
  const db = new Driver(path) as Database;
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE item (id TEXT PRIMARY KEY, event TEXT, due INTEGER)",
  );
  return db;
}

async function benchEnqueue(outbox: ReturnType<Outboxes["sqliteOutbox"]>, raw: Database): Promise<Row[]> {
  const insert = raw.prepare("INSERT INTO item VALUES (?, ?, ?)");
  // Each insert a transaction of its own. On the wall: to wait for the disk is what it costs.
  const bare = async () => {
    for (let i = 0; i < AT_ONCE; i++) insert.run(`r${count++}`, DATA, 1);
  };
  const kept = async () => {
    for (let i = 0; i < AT_ONCE; i++) await outbox.enqueue([placing()]);
  };
  const together = async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, () => outbox.enqueue([placing()])));
  };
  const costs: { bare: number; kept: number; together: number }[] = [];
  const took = async (work: () => Promise<void>) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / AT_ONCE;
  };
  await took(kept);
  for (let round = 0; round < rounds(24); round++)
    costs.push({ bare: await took(bare), kept: await took(kept), together: await took(together) });
  await outbox.close();
  raw.close();
  const best = (side: keyof (typeof costs)[number]) =>
    quantile(
      costs.map((one) => one[side]),
      0.15,
    );
  const spread = (side: "kept" | "together"): [number, number] => {
    const ratios = costs.map((one) => one.bare / one[side]);
    return [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  };
  const note = (side: "kept" | "together") =>
    `${Math.round(1_000 / best(side)).toLocaleString("en")}/s against ${Math.round(1_000 / best("bare")).toLocaleString("en")}/s`;
  return [
    {
      name: "SQLite outbox: enqueue/s, one by one / a bare insert of the same durability",
      value: best("bare") / best("kept"),
      spread: spread("kept"),
      target: [">=", 0.5],
      note: note("kept"),
    },
    {
      name: `SQLite outbox: enqueue/s, ${AT_ONCE} at once / a bare insert of the same durability`,
      value: best("bare") / best("together"),
      spread: spread("together"),
      note: note("together"),
    },
  ];
}

async function fill(sqliteOutbox: Outboxes["sqliteOutbox"], folder: string, waiting: number): Promise<Waiting> {
  const outbox = sqliteOutbox(join(folder, `claim-${waiting}.db`));
  for (let done = 0; done < waiting; done += FEW) await outbox.enqueue(Array.from({ length: FEW }, placing));
  return { outbox, close: () => outbox.close() };
}
