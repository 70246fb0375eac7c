import { createInbox, type DurableInbox } from "../inbox/inbox.ts";
import { WORKERS } from "../inbox/worker-options.ts";
import type { SqliteConnection } from "./driver.ts";
import { PREFIX } from "./migrate.ts";
import type { SqliteOutboxOptions } from "./options.ts";
import { openSqlite } from "./outbox.ts";

/**
 * An inbox in a SQLite file: for all processes of one machine. What the provider was answered 200 for is on the disk, and is
 * handed on until its handler has done its work. The same file may hold an outbox, and your own tables.
 *
 * @param path the file; not on a network file system
 * @throws OutboxError when the file cannot be written or read, or was written by a newer version
 * @throws ConfigurationError when an option is unknown or out of its range
 *
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 * import { sqliteInbox } from "@countersign/outbox";
 * import { tmpdir } from "node:os";
 *
 * const inbox = sqliteInbox(`${tmpdir()}/inbox-${process.pid}.db`);
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", inbox: inbox.route("tailscale") });
 * const worker = inbox.work("tailscale", async (delivery) => console.log(delivery.json()));
 * await worker.close();
 * await inbox.close();
 * ```
 */
export function sqliteInbox(path: string, options: SqliteOutboxOptions = {}): DurableInbox<SqliteConnection> {
  return createInbox(openSqlite(path, { ...WORKERS, ...options }, PREFIX.inbox));
}
