/** A process that can be killed: it receives, keeps, and hands on, and writes into a ledger what it handled. */
import { openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { createVerifier } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { sqliteInbox } from "@countersign/outbox";
import { postgresInbox } from "@countersign/outbox/postgres";
import { exponential } from "@countersign/sender";
import pg from "pg";
import type { StoreOptions } from "./worker.ts";

/** What a receiver is started with. */
export interface ReceiverOptions {
  readonly store: StoreOptions;
  readonly ledger: string;
  readonly secret: string;
}

const { store, secret, ...options } = JSON.parse(process.env["RECEIVER"] as string) as ReceiverOptions;
if (store.kind === "memory") throw new Error("There is no inbox in memory.");
const ledger = openSync(options.ledger, "a");
process.on("disconnect", () => process.exit());

const settings = { pollInterval: "20ms" };
const inbox =
  store.kind === "sqlite"
    ? sqliteInbox(store.path, settings)
    : postgresInbox(new pg.Pool({ connectionString: store.url }), { schema: store.schema, ...settings });
const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
const server = createServer((request, response) => {
  verifier.handleIncoming(request, response, () => {}).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as { port: number }).port }));
inbox.work(
  "ts",
  async (delivery) => {
    const message = (delivery.json() as { message: string }[])[0]?.message;
    await new Promise((resolve) => setTimeout(resolve, 5));
    writeSync(ledger, `${message}\n`);
  },
  { retry: exponential(), lease: "2s" },
);
