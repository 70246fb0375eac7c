/** A process that can be killed: it sends, delivers, and writes into a ledger what it was told. */
import { subscribe } from "node:diagnostics_channel";
import { openSync, readSync, writeSync } from "node:fs";
import { sqliteOutbox } from "@countersign/outbox";
import { postgresOutbox } from "@countersign/outbox/postgres";
import {
  type Attempting,
  createSender,
  machineClock,
  memoryOutbox,
  type Outbox,
  type SenderClock,
  waits,
} from "@countersign/sender";
import pg from "pg";

/** What a worker is started with. */
export interface WorkerOptions {
  readonly store: StoreOptions;
  /** Where events go. */
  readonly target: string;
  /** Where it writes: a line for each thing that it knows. */
  readonly ledger: string;
  /** A file of eight bytes: by how many milliseconds the time is later than the machine says. */
  readonly later: string;
  /** Which of all workers it is. */
  readonly name: string;
  /** Whether it sends events of its own. */
  readonly produces: boolean;
}

/** Which outbox. */
export type StoreOptions =
  /** Keeps nothing: what shows that the check finds it. */
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string };

const options = JSON.parse(process.env["WORKER"] as string) as WorkerOptions;
const { store, target, name, produces } = options;
const ledger = openSync(options.ledger, "a");
const skew = openSync(options.later, "r");
const bytes = Buffer.alloc(8);
const clock: SenderClock = {
  ...machineClock,
  now: () => Date.now() + laterBy(),
  monotonic: () => performance.now() + laterBy(),
};
/** In the page cache when it returns: `kill -9` takes nothing of it. */
const write = (kind: string, id: string, attempts = 0): void =>
  void writeSync(ledger, `${kind} ${id} ${Date.now()} ${attempts}\n`);

// After it has made sure of its claim, before the request.
subscribe("countersign:sender:attempting", (message) => {
  for (const { event } of (message as Attempting).subjects) write("asked", `${name}/${event.id}`);
});

// A worker whose starter has gone has nothing to do.
process.on("disconnect", () => process.exit());

function open(): Outbox<never> {
  if (store.kind === "memory") return memoryOutbox({ clock });
  if (store.kind === "sqlite") return sqliteOutbox(store.path, { pollInterval: "50ms" });
  const pool = new pg.Pool({
    connectionString: store.url,
    max: 4,
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
  });
  pool.on("error", () => {});
  return postgresOutbox(pool, { schema: store.schema, pollInterval: "50ms" });
}

const endpoint = {
  url: target,
  timeout: "2s",
  retry: waits(Array(200).fill("100ms")),
  breaker: false,
  headers: { "x-worker": name },
} as const;
const sender = createSender({
  clock,
  guard: { allow: ["127.0.0.0/8"], schemes: ["http"], ports: [Number(new URL(target).port)] },
  outbox: open(),
  endpoints: [
    { ...endpoint, name: "any" },
    { ...endpoint, name: "strict", order: "fifo" },
  ],
  hooks: { delivered: ({ endpoint: where, event, attempts }) => write("delivered", `${where}/${event.id}`, attempts) },
});
/** Time that a test lets pass for a worker that stands still: what is longer than a lease need not be waited for. */
function laterBy(): number {
  readSync(skew, bytes, 0, 8, 0);
  return bytes.readDoubleLE(0);
}

let quiet = false;
process.on("message", () => {
  quiet = true;
});
write("ready", name);

async function produce(to: string, line: number): Promise<void> {
  for (let n = 0; !quiet; n += 1) {
    const id = `${name}-${line}-${n}`;
    // What failed may have been kept all the same: the same id again is the same event.
    while (
      !(await sender.send({ id, type: "load", data: { id } }, { to }).then(
        () => true,
        () => false,
      ))
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    write("accepted", `${to}/${id}`);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

if (produces) for (let line = 0; line < 4; line += 1) void produce(line === 0 ? "strict" : "any", line);
