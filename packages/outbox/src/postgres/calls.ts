import { OutboxError } from "../rows/errors.ts";
import { type PostgresClient, type Query, querier } from "./client.ts";
import { isMigrated, migratePostgresOutbox } from "./migrate.ts";
import type { Settings } from "./options.ts";

/** Serialization failures and deadlocks: nothing was done, and the same may be asked again. */
const AGAIN: readonly unknown[] = ["40001", "40P01"];
const TRIES = 5;

/** Calls of the outbox's functions in the database, from the first, which migrates, to the last, for which `close` waits. */
export class Calls {
  readonly #client: PostgresClient;
  readonly #query: Query;
  readonly #settings: Settings;
  readonly #underWay = new Set<Promise<unknown>>();
  #ready: Promise<void> | undefined;
  #closed = false;

  constructor(client: PostgresClient, settings: Settings) {
    this.#client = client;
    this.#query = querier(client, "client");
    this.#settings = settings;
  }

  ask<Answer>(name: string, ask: unknown): Promise<Answer> {
    return this.waitedFor(() => this.call<Answer>(name, ask));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  /** `close` waits for it; after that there is no more. */
  waitedFor<Answer>(begin: () => Promise<Answer>): Promise<Answer> {
    if (this.#closed) return Promise.reject(new OutboxError("closed", "The outbox is closed."));
    const asking = begin();
    this.#underWay.add(asking);
    const settled = () => void this.#underWay.delete(asking);
    asking.then(settled, settled);
    return asking;
  }

  async call<Answer>(name: string, ask: unknown, tx?: PostgresClient): Promise<Answer> {
    this.#ready ??= this.#prepare().catch((error) => {
      this.#ready = undefined;
      throw error;
    });
    await this.#ready;
    const query = tx === undefined ? this.#query : querier(tx, "tx");
    const text = JSON.stringify(ask);
    for (let tries = 1; ; tries += 1) {
      try {
        const [row] = await query(`SELECT ${this.#settings.names.own}${name}($1::text) AS answer`, [text]);
        return JSON.parse(row?.["answer"] as string);
      } catch (error) {
        // The caller's own transaction is broken by it: that is his to begin again.
        if (tx !== undefined || tries === TRIES || !AGAIN.includes((error as { code?: unknown } | null)?.code))
          throw error;
      }
    }
  }

  /** Asked first and made when it is missing, not before: a role that may not create can use what is there. */
  async #prepare(): Promise<void> {
    const { names, migrate } = this.#settings;
    if (await isMigrated(this.#query, names)) return;
    if (!migrate) {
      throw new OutboxError(
        "not_migrated",
        `The tables ${names.own}… are missing or older than this version needs. Run migratePostgresOutbox(client) as a role that may create them.`,
      );
    }
    const { schema, prefix } = names;
    await migratePostgresOutbox(this.#client, { schema, prefix });
  }
}
