/** A process that sends one event, to a receiver that never answers. */
import { sqliteOutbox } from "@countersign/outbox";
import { postgresOutbox } from "@countersign/outbox/postgres";
import { createSender, type Outbox } from "@countersign/sender";
import pg from "pg";
import type { StoreOptions } from "./worker.ts";

/** What it is started with. */
export interface HolderOptions {
  readonly store: Exclude<StoreOptions, { readonly kind: "memory" }>;
  readonly target: string;
  /** Default: the outbox's own. */
  readonly lease?: string;
}

const { store, target, lease } = JSON.parse(process.env["HOLDER"] as string) as HolderOptions;
const options = lease === undefined ? {} : { lease };
process.on("disconnect", () => process.exit());
const outbox: Outbox<never> =
  store.kind === "sqlite"
    ? sqliteOutbox(store.path, options)
    : postgresOutbox(new pg.Pool({ connectionString: store.url }), { schema: store.schema, ...options });
const sender = createSender({
  guard: { allow: ["127.0.0.0/8"], schemes: ["http"], ports: [Number(new URL(target).port)] },
  outbox,
  endpoints: [{ name: "a", url: target, timeout: "60s" }],
});
await sender.send({ type: "slow", data: 1 });
