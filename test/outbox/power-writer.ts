/** A process whose disk is watched: it keeps events, ends some, and writes into a ledger what it was told. */
import { openSync, writeSync } from "node:fs";
import { sqliteOutbox } from "@countersign/outbox";
import type { ClaimedItem } from "@countersign/sender";
import { randomFrom } from "./random.ts";
import { open } from "./sqlite.ts";

/** What it is started with. */
export interface PowerOptions {
  readonly path: string;
  readonly ledger: string;
  readonly seed: number;
  readonly rounds: number;
}

const { path, seed, rounds, ...options } = JSON.parse(process.env["POWER"] as string) as PowerOptions;
const random = randomFrom(seed);
const ledger = openSync(options.ledger, "a");
const acknowledge = (kind: string, id: string) => void writeSync(ledger, `${kind} ${id}\n`);
const ROOM = { endpoint: "e", generation: 1, limit: 3, lease: 600_000, order: "due" as const };
let outbox = sqliteOutbox(path);

async function keep(id: string): Promise<void> {
  const event = {
    id,
    generated: false,
    type: "t",
    severity: "info" as const,
    time: 0,
    data: `"${"x".repeat(random() * 6_000)}"`,
  };
  await outbox.enqueue([{ event, placements: [{ endpoint: "e", generation: 1 }] }]);
  acknowledge("kept", id);
}

async function end({ id, token, event }: ClaimedItem): Promise<void> {
  if (random() < 0.3) {
    await outbox.finish([{ id, token, kind: "bury", reason: "exhausted", message: "given up" }]);
    acknowledge("dead", event.id);
  } else {
    await outbox.finish([{ id, token, kind: "done" }]);
    acknowledge("done", event.id);
  }
}

for (let round = 0; round < rounds; round += 1) {
  const events = 1 + Math.floor(random() * 4);
  await Promise.all(Array.from({ length: events }, (_, n) => keep(`${round}-${n}`)));
  if (random() < 0.5) {
    const items = await outbox.claim({ owner: "me", total: 3, room: [ROOM] });
    await Promise.all(items.map(end));
  }
  // The log goes into the database, and begins anew: in turn with all others, and when the last connection closes.
  if (random() < 0.05) {
    const connection = open(path);
    connection.prepare("PRAGMA wal_checkpoint(RESTART)").get();
    connection.close();
  }
  if (random() < 0.03) {
    await outbox.close();
    outbox = sqliteOutbox(path);
  }
}
