import {
  type AttemptRecord,
  type ClaimRef,
  type ItemOutcome,
  machineClock,
  type Outbox,
  type Placing,
  type Result,
} from "@countersign/sender";
import type { KeyedOutbox, Transact } from "../inbox/store.ts";
import { Heartbeats } from "../rows/heartbeats.ts";
import { Calls } from "./calls.ts";
import type { PostgresClient } from "./client.ts";
import { grouped } from "./grouped.ts";
import { listen } from "./listen.ts";
import { type PostgresOutboxOptions, readOptions, type Settings } from "./options.ts";
import {
  type Asked,
  isOurs,
  type Row,
  toAsk,
  toClaimed,
  toFinished,
  toListed,
  toLook,
  toPlaced,
  toWritten,
  type Written,
} from "./rows.ts";
import { transactor } from "./transaction.ts";

/**
 * An outbox in PostgreSQL (12 or newer): for as many processes and machines as you like. Each method is one call of a
 * function of the database, and so one transaction, over `pg` and Postgres.js, and behind PgBouncer in transaction mode. All
 * times are the server's.
 *
 * @param client a pool of `pg`, or a connection of Postgres.js. It is yours to close, after the sender
 * @throws ConfigurationError when the client is neither, or an option is unknown or out of its range
 *
 * @example
 * ```ts
 * import { postgresOutbox } from "@countersign/outbox/postgres";
 * import { createSender } from "@countersign/sender";
 * import pg from "pg";
 *
 * const pool = new pg.Pool({ connectionString: "postgres://127.0.0.1:5432/test" });
 * const sender = createSender({ endpoints: [], outbox: postgresOutbox(pool) });
 * await sender.close();
 * await pool.end();
 * ```
 */
export function postgresOutbox(client: PostgresClient, options: PostgresOutboxOptions = {}): Outbox<PostgresClient> {
  return new PostgresOutbox(client, readOptions(options));
}

/** An outbox in a database; it knows keys too, for inboxes. */
export class PostgresOutbox implements Outbox<PostgresClient>, KeyedOutbox<PostgresClient> {
  readonly oneWriter = false;
  readonly heartbeat: number;
  readonly #beats: Heartbeats;
  readonly pollInterval: number;
  readonly wake?: (onWork: () => void) => () => void;
  readonly #client: PostgresClient;
  readonly #settings: Settings;
  readonly #calls: Calls;
  readonly #enqueue: (asks: readonly Asked[]) => Promise<readonly Row[][]>;
  readonly #finish: (results: readonly Written[]) => Promise<readonly Row[]>;

  constructor(client: PostgresClient, settings: Settings) {
    this.#client = client;
    this.#settings = settings;
    this.#calls = new Calls(client, settings);
    this.pollInterval = settings.pollInterval;
    this.#beats = new Heartbeats(settings.lease, machineClock, (claims, lease) => this.#extend(claims, lease));
    this.heartbeat = this.#beats.interval;
    const { listener, names, retention } = settings;
    this.#enqueue = grouped((asks) => this.#calls.call<Row[][]>("enqueue", asks));
    this.#finish = grouped((results) => this.#calls.call<Row[]>("finish", { retention, results }));
    if (listener !== undefined) this.wake = listen(listener, `${names.schema}.${names.prefix}work`);
  }

  async enqueue(...[events, { tx } = {}]: Parameters<Outbox<PostgresClient>["enqueue"]>) {
    const asks = events.map(toAsk);
    const lists = await this.#calls.waitedFor(() =>
      tx === undefined ? this.#enqueue(asks) : this.#calls.call<Row[][]>("enqueue", asks, tx),
    );
    return lists.map((list) => list.map(toPlaced));
  }

  async claim(...[{ owner, total, room }]: Parameters<Outbox["claim"]>) {
    if (room.length === 0) return [];
    const rooms = room.map(({ endpoint, generation, limit, lease, order, early = 0, exclusive = null }) => [
      endpoint,
      generation,
      limit,
      this.#beats.short(lease),
      order === "fifo",
      early,
      exclusive,
    ]);
    const items = (await this.#calls.ask<Row[]>("claim", { owner, total, room: rooms })).map(toClaimed);
    this.#beats.holdClaimed(items, { owner, total, room });
    return items;
  }

  async extend(...[claims, lease]: Parameters<Outbox["extend"]>) {
    const held = await this.#extend(claims, this.#beats.short(lease));
    this.#beats.hold(held, lease);
    return held;
  }

  async #extend(claims: readonly ClaimRef[], lease: number): Promise<readonly ClaimRef[]> {
    const known = claims.filter(({ id }) => isOurs(id));
    const asked = { lease, claims: known.map(({ id, token }) => [id, token]) };
    const held = new Set(await this.#calls.ask<string[]>("extend", asked));
    return claims.filter(({ id }) => held.has(id));
  }

  async finish(...[results]: Parameters<Outbox["finish"]>) {
    const ours = results.filter(({ id }) => isOurs(id));
    const answers = await this.#calls.waitedFor(() => this.#finish(ours.map(toWritten)));
    this.#beats.drop(results.map(({ id }) => id));
    return results.map((result) => toFinished(result.id, answers[ours.indexOf(result)]));
  }

  release(owner: string, except: readonly string[] = []) {
    this.#beats.dropAllBut(owner, except);
    return this.#calls.ask<number>("release", { owner, except: except.filter(isOurs).map(Number) });
  }

  async look(...[{ owner, endpoints }]: Parameters<Outbox["look"]>) {
    const asked = { owner, endpoints: endpoints.map(({ endpoint, order }) => [endpoint, order === "fifo"]) };
    return (await this.#calls.ask<Row[]>("look", asked)).map(toLook);
  }

  setEndpointState(...[endpoint, version, next]: Parameters<Outbox["setEndpointState"]>) {
    const { disabled, reason, pausedFor = 0, breaker = false } = next;
    return this.#calls.ask<boolean>("set_state", {
      endpoint,
      version,
      disabled,
      reason,
      breaker,
      paused: Math.ceil(pausedFor),
    });
  }

  removeEndpoint(...[endpoint, generation]: Parameters<Outbox["removeEndpoint"]>) {
    return this.#calls.ask<number>("remove", [endpoint, generation]);
  }

  cancel(...[items]: Parameters<Outbox["cancel"]>) {
    return this.#calls.ask<number>("cancel", items.filter(isOurs).map(Number));
  }

  async list(...[{ state, endpoint, limit, cursor }]: Parameters<Outbox["list"]>) {
    const after = cursor !== undefined && isOurs(cursor) ? cursor : "-1";
    const rows = await this.#calls.ask<Row[]>("list", { state, endpoint, limit: limit + 1, after });
    const page = { items: rows.slice(0, limit).map(toListed) };
    const last = rows[limit - 1];
    return rows.length <= limit || last === undefined ? page : { ...page, cursor: String(last[7]) };
  }

  async redrive(...[ask]: Parameters<Outbox["redrive"]>) {
    const asked = "items" in ask ? { items: ask.items.filter(isOurs).map(Number) } : ask;
    const [moved, more, before] = await this.#calls.ask<[number, boolean, string]>("redrive", asked);
    return { moved, more, before };
  }

  async attempts(item: string): Promise<readonly AttemptRecord[]> {
    if (!isOurs(item)) return [];
    return (await this.#calls.ask<string[]>("attempts", [item])).map((record) => JSON.parse(record));
  }

  async outcomes(...[items]: Parameters<Outbox["outcomes"]>) {
    const rows = await this.#calls.ask<[string, ItemOutcome["status"], string | null, number][]>(
      "outcomes",
      items.filter(isOurs).map(Number),
    );
    return rows.map(([id, status, reason, attempts]) => ({
      id,
      status,
      attempts,
      ...(reason === null ? {} : { reason }),
    }));
  }

  async stats(...[endpoints]: Parameters<Outbox["stats"]>) {
    const rows = await this.#calls.ask<[string, number, number, number, number | null][]>(
      "stats",
      endpoints === undefined ? [] : [endpoints],
    );
    return rows.map(([endpoint, pending, claimed, dead, overdue]) => {
      const counts = { endpoint, pending, claimed, dead };
      return overdue === null || overdue < 0 ? counts : { ...counts, overdue };
    });
  }

  knows(keys: readonly string[]) {
    return this.#calls.ask<boolean>("knows", keys);
  }

  keepOnce(keys: readonly string[], ttl: number, placing: Placing, ordering?: string) {
    const events = [{ ...toAsk(placing), ...(ordering === undefined ? {} : { ordering }) }];
    return this.#calls.ask<boolean>("keep_once", { keys, ttl: Math.ceil(ttl), events });
  }

  transactor(): Transact<PostgresClient> {
    const begin = transactor(this.#client);
    const finishIn = (tx: PostgresClient) => async (results: readonly Result[]) => {
      const { retention } = this.#settings;
      const rows = await this.#calls.call<Row[]>("finish", { retention, results: results.map(toWritten) }, tx);
      return results.map(({ id }, index) => toFinished(id, rows[index]));
    };
    return (work) => this.#calls.waitedFor(() => begin((tx) => work(tx, finishIn(tx))));
  }

  close(): Promise<void> {
    this.#beats.close();
    return this.#calls.close();
  }
}
