/** A process that handles deliveries, each in a transaction, and dies in the midst of one. */
import { sqliteInbox } from "@countersign/outbox";
import { postgresInbox } from "@countersign/outbox/postgres";
import pg from "pg";
import { randomFrom } from "./random.ts";
import type { StoreOptions } from "./worker.ts";

/** What it is started with. */
export interface EffectsOptions {
  readonly store: Exclude<StoreOptions, { readonly kind: "memory" }>;
  readonly seed: number;
  /** So many effects, and it ends. */
  readonly deliveries: number;
  /** Whether it dies. */
  readonly deadly: boolean;
}

const { store, seed, deliveries, deadly } = JSON.parse(process.env["EFFECTS"] as string) as EffectsOptions;
const random = randomFrom(seed);
const settings = { pollInterval: "20ms" };
process.on("disconnect", () => process.exit());

/** After one to four effects: between the effect and its commit, or a moment later, when the commit may be under way. */
let left = 1 + Math.floor(random() * 4);
function perhapsDie(): void {
  left -= 1;
  if (!deadly || left > 0) return;
  if (random() < 0.5) process.kill(process.pid, "SIGKILL");
  else setTimeout(() => process.kill(process.pid, "SIGKILL"), random() * 3);
}
const messageOf = (delivery: { json(): unknown }) => (delivery.json() as { message: string }[])[0]?.message as string;
const options = { transaction: true, lease: "1s" } as const;

if (store.kind === "sqlite") {
  const inbox = sqliteInbox(store.path, settings);
  inbox.work(
    "ts",
    (delivery, tx) => {
      tx.prepare("INSERT INTO effect VALUES (?)").run(messageOf(delivery));
      perhapsDie();
    },
    options,
  );
  watch(async () => (await inbox.stats(["ts"]))[0]);
} else {
  const pool = new pg.Pool({ connectionString: store.url });
  const inbox = postgresInbox(pool, { schema: store.schema, ...settings });
  inbox.work(
    "ts",
    async (delivery, tx) => {
      await tx.query(`INSERT INTO ${store.schema}.effect VALUES ($1)`, [messageOf(delivery)]);
      perhapsDie();
    },
    options,
  );
  watch(async () => (await inbox.stats(["ts"]))[0]);
}

/** Ends when nothing is left. */
function watch(counts: () => Promise<{ readonly pending: number; readonly claimed: number } | undefined>): void {
  setInterval(async () => {
    const { pending, claimed } = (await counts()) ?? { pending: deliveries, claimed: 0 };
    if (pending + claimed === 0) process.exit();
  }, 50);
}
