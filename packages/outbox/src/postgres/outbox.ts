import { type Duration, parseDuration } from "@countersign/core";
import { checkBoolean, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import type {
  AttemptRecord,
  ClaimedItem,
  ItemOutcome,
  Outbox,
  OutboxItem,
  Placed,
  Placing,
  Result,
} from "@countersign/sender";
import { OutboxError } from "../rows/errors.ts";
import { digestOf, nameOf, readEvent, writeEvent } from "../rows/events.ts";
import { type PostgresClient, type Query, querier } from "./client.ts";
import { grouped } from "./grouped.ts";
import { type Listener, listen } from "./listen.ts";
import { isMigrated, migratePostgresOutbox } from "./migrate.ts";
import { checkNames, type Names, type PostgresNames } from "./names.ts";

/** Options of {@link postgresOutbox}. */
export interface PostgresOutboxOptions extends PostgresNames {
  /** Migrates at the first use, where it is needed. `false` where the role may not: run the migration yourself. @default true */
  readonly migrate?: boolean;
  /** The most events that are remembered after their end, so that they are not sent a second time. @default 1_000_000 */
  readonly remembered?: number;
  /** For how long they are. @default "24h" */
  readonly rememberFor?: Duration;
  /** How long dead letters are kept. @default "720h" */
  readonly deadLetters?: Duration;
  /** How often a sender looks for what other processes enqueued. @default "1s" */
  readonly pollInterval?: Duration;
  /**
   * A connection of its own that hears of new events at once: a connected `pg.Client`, or Postgres.js. Not through
   * PgBouncer in transaction mode, which loses what it would hear. Default: polling alone.
   */
  readonly listen?: Listener;
}

const KEYS: KeysOf<PostgresOutboxOptions> = {
  schema: "optional",
  prefix: "optional",
  migrate: "optional",
  remembered: "optional",
  rememberFor: "optional",
  deadLetters: "optional",
  pollInterval: "optional",
  listen: "optional",
};

/** Serialization failures and deadlocks: nothing was done, and the same may be asked again. */
const AGAIN: readonly unknown[] = ["40001", "40P01"];
const TRIES = 5;

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
  return openPostgres(client, options);
}

/** The same, which knows keys too. */
export function openPostgres(client: PostgresClient, options: PostgresOutboxOptions): PostgresOutbox {
  checkOptions(options, KEYS, "postgresOutbox");
  const { remembered = 1_000_000, rememberFor = "24h", deadLetters = "720h", pollInterval = "1s" } = options;
  const { schema, prefix } = options;
  const named = { ...(schema === undefined ? {} : { schema }), ...(prefix === undefined ? {} : { prefix }) };
  return new PostgresOutbox(client, {
    names: checkNames(named),
    migrate: checkBoolean(options.migrate ?? true, "postgresOutbox.migrate"),
    pollInterval: parseDuration(pollInterval, "postgresOutbox.pollInterval", 1),
    listener: options.listen,
    retention: [
      checkInteger(remembered, "postgresOutbox.remembered", 0),
      parseDuration(rememberFor, "postgresOutbox.rememberFor"),
      parseDuration(deadLetters, "postgresOutbox.deadLetters"),
    ],
  });
}

interface Settings {
  readonly names: Names;
  readonly migrate: boolean;
  readonly pollInterval: number;
  readonly listener: Listener | undefined;
  readonly retention: readonly number[];
}

/** An outbox in a database; it knows keys too, for inboxes. */
export class PostgresOutbox implements Outbox<PostgresClient> {
  readonly pollInterval: number;
  readonly wake?: (onWork: () => void) => () => void;
  readonly #client: PostgresClient;
  readonly #query: Query;
  readonly #settings: Settings;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #enqueue: (asks: readonly Asked[]) => Promise<readonly Row[][]>;
  readonly #finish: (results: readonly Written[]) => Promise<readonly Row[]>;
  #ready: Promise<void> | undefined;
  #closed = false;

  constructor(client: PostgresClient, settings: Settings) {
    this.#client = client;
    this.#query = querier(client, "client");
    this.#settings = settings;
    this.pollInterval = settings.pollInterval;
    const { listener, names, retention } = settings;
    this.#enqueue = grouped((asks) => this.#call<Row[][]>("enqueue", asks));
    this.#finish = grouped((results) => this.#call<Row[]>("finish", { retention, results }));
    if (listener !== undefined) this.wake = listen(listener, `${names.schema}.${names.prefix}work`);
  }

  async enqueue(...[events, { tx } = {}]: Parameters<Outbox<PostgresClient>["enqueue"]>) {
    const asks = events.map(toAsk);
    const lists = await this.#waitedFor(() =>
      tx === undefined ? this.#enqueue(asks) : this.#call<Row[][]>("enqueue", asks, tx),
    );
    return lists.map((list) => list.map(toPlaced));
  }

  async claim(...[{ owner, total, room }]: Parameters<Outbox["claim"]>) {
    if (room.length === 0) return [];
    const rooms = room.map(({ endpoint, generation, limit, lease, order, early = 0, exclusive = null }) => [
      endpoint,
      generation,
      limit,
      lease,
      order === "fifo",
      early,
      exclusive,
    ]);
    return (await this.#ask<Row[]>("claim", { owner, total, room: rooms })).map(toClaimed);
  }

  async extend(...[claims, lease]: Parameters<Outbox["extend"]>) {
    const known = claims.filter(({ id }) => isOurs(id));
    const asked = { lease, claims: known.map(({ id, token }) => [id, token]) };
    const held = new Set(await this.#ask<string[]>("extend", asked));
    return claims.filter(({ id }) => held.has(id));
  }

  async finish(...[results]: Parameters<Outbox["finish"]>) {
    const ours = results.filter(({ id }) => isOurs(id));
    const answers = await this.#waitedFor(() => this.#finish(ours.map(toWritten)));
    return results.map((result) => {
      const { id } = result;
      const [held = false, cancelled = false, raised] = (answers[ours.indexOf(result)] ?? []) as [
        boolean?,
        boolean?,
        (Row[][] | null)?,
      ];
      return {
        id,
        held,
        ...(cancelled ? { cancelled } : {}),
        ...(raised ? { raised: raised.map((list) => list.map(toPlaced)) } : {}),
      };
    });
  }

  release(owner: string, except: readonly string[] = []) {
    return this.#ask<number>("release", { owner, except: except.filter(isOurs).map(Number) });
  }

  async look(...[{ owner, endpoints }]: Parameters<Outbox["look"]>) {
    const asked = { owner, endpoints: endpoints.map(({ endpoint, order }) => [endpoint, order === "fifo"]) };
    return (await this.#ask<Row[]>("look", asked)).map(toLook);
  }

  setEndpointState(...[endpoint, version, next]: Parameters<Outbox["setEndpointState"]>) {
    const { disabled, reason, pausedFor = 0, breaker = false } = next;
    return this.#ask<boolean>("set_state", {
      endpoint,
      version,
      disabled,
      reason,
      breaker,
      paused: Math.ceil(pausedFor),
    });
  }

  removeEndpoint(...[endpoint, generation]: Parameters<Outbox["removeEndpoint"]>) {
    return this.#ask<number>("remove", [endpoint, generation]);
  }

  cancel(...[items]: Parameters<Outbox["cancel"]>) {
    return this.#ask<number>("cancel", items.filter(isOurs).map(Number));
  }

  async list(...[{ state, endpoint, limit, cursor }]: Parameters<Outbox["list"]>) {
    const after = cursor !== undefined && isOurs(cursor) ? cursor : "-1";
    const rows = await this.#ask<Row[]>("list", { state, endpoint, limit: limit + 1, after });
    const page = { items: rows.slice(0, limit).map(toListed) };
    const last = rows[limit - 1];
    return rows.length <= limit || last === undefined ? page : { ...page, cursor: String(last[7]) };
  }

  async redrive(...[ask]: Parameters<Outbox["redrive"]>) {
    const asked = "items" in ask ? { items: ask.items.filter(isOurs).map(Number) } : ask;
    const [moved, more, before] = await this.#ask<[number, boolean, string]>("redrive", asked);
    return { moved, more, before };
  }

  async attempts(item: string): Promise<readonly AttemptRecord[]> {
    if (!isOurs(item)) return [];
    return (await this.#ask<string[]>("attempts", [item])).map((record) => JSON.parse(record));
  }

  async outcomes(...[items]: Parameters<Outbox["outcomes"]>) {
    const rows = await this.#ask<[string, ItemOutcome["status"], string | null, number][]>(
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
    const rows = await this.#ask<[string, number, number, number, number | null][]>(
      "stats",
      endpoints === undefined ? [] : [endpoints],
    );
    return rows.map(([endpoint, pending, claimed, dead, overdue]) => {
      const counts = { endpoint, pending, claimed, dead };
      return overdue === null || overdue < 0 ? counts : { ...counts, overdue };
    });
  }

  knows(keys: readonly string[]) {
    return this.#ask<boolean>("knows", keys);
  }

  keepOnce(keys: readonly string[], ttl: number, placing: Placing) {
    return this.#ask<boolean>("keep_once", { keys, ttl: Math.ceil(ttl), events: [toAsk(placing)] });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  #ask<Answer>(name: string, ask: unknown): Promise<Answer> {
    return this.#waitedFor(() => this.#call<Answer>(name, ask));
  }

  /** `close` waits for it; after that there is no more. */
  #waitedFor<Answer>(begin: () => Promise<Answer>): Promise<Answer> {
    if (this.#closed) return Promise.reject(new OutboxError("closed", "The outbox is closed."));
    const asking = begin();
    this.#underWay.add(asking);
    const settled = () => void this.#underWay.delete(asking);
    asking.then(settled, settled);
    return asking;
  }

  async #call<Answer>(name: string, ask: unknown, tx?: PostgresClient): Promise<Answer> {
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

type Asked = ReturnType<typeof toAsk>;
type Written = ReturnType<typeof toWritten>;

/** A row as the functions give it: a list of columns. */
type Row = readonly (string | number | boolean | null | readonly string[])[];

function toAsk({ event, placements }: Placing) {
  return {
    name: nameOf(event),
    digest: digestOf(event),
    text: writeEvent(event),
    places: placements.map(({ endpoint, generation, delay = 0, order }) => [
      endpoint,
      generation,
      Math.ceil(delay),
      order === "fifo",
    ]),
  };
}

function toPlaced(row: Row): Placed {
  const [endpoint, item, created, conflict, removed] = row as [string, string | null, boolean, boolean, boolean];
  if (removed) return { endpoint, item: "", created: false, removed };
  return created ? { endpoint, item: item ?? "", created } : { endpoint, item: item ?? "", created, conflict };
}

function toWritten(result: Result) {
  const { id, token, kind, attempt } = result;
  const record =
    attempt === undefined ? {} : { record: JSON.stringify(attempt), total: Math.ceil(attempt.timings.total) };
  const written = { id, token, kind, ...record };
  if (result.kind === "bury") {
    const { reason, message, raised = [] } = result;
    // A message may quote what a receiver answered, and so what no database keeps.
    return { ...written, reason, message: JSON.stringify(message), raised: raised.map(toAsk) };
  }
  if (result.kind !== "retry") return written;
  const { delay, progress } = result;
  if (progress === undefined) return { ...written, delay: Math.ceil(delay) };
  const lead = progress.items.length < 2 ? null : progress.items[0];
  return { ...written, delay: Math.ceil(delay), lead, progress: JSON.stringify(progress) };
}

function toClaimed(row: Row): ClaimedItem {
  const [id, token, endpoint, generation, event, enqueued, age, tried, attempts, progress] = row as [
    string,
    number,
    string,
    number,
    string,
    number,
    number,
    number | null,
    number,
    string | null,
  ];
  return {
    ...toItem(id, endpoint, generation, event, enqueued, attempts, progress),
    token,
    age: Math.max(0, age),
    ...(tried === null ? {} : { tried: Math.max(0, tried) }),
  };
}

function toItem(
  id: string,
  endpoint: string,
  generation: number,
  event: string,
  enqueuedAt: number,
  attempts: number,
  progress: string | null,
): OutboxItem {
  const item = { id, endpoint, generation, event: readEvent(event), enqueuedAt, attempts };
  return progress === null ? item : { ...item, progress: JSON.parse(progress) };
}

function toListed(row: Row) {
  const [id, endpoint, generation, event, enqueued, attempts, progress, , reason, message, ended, records] = row as [
    string,
    string,
    number,
    string,
    number,
    number,
    string | null,
    string,
    string | null,
    string | null,
    number | null,
    readonly string[] | null,
  ];
  const item = toItem(id, endpoint, generation, event, enqueued, attempts, progress);
  if (records === null) return item;
  const burial = { reason: reason ?? "", message: JSON.parse(message ?? '""'), at: ended ?? 0 };
  return { ...item, burial, history: records.map((record) => JSON.parse(record)) };
}

function toLook(row: Row) {
  const [endpoint, due, generation, version, disabled, reason, changed, pausedFor, breaker, empty] = row as [
    string,
    number | null,
    number,
    number,
    boolean,
    string | null,
    number | null,
    number,
    boolean,
    boolean,
  ];
  const state = {
    generation,
    version,
    disabled,
    ...(reason === null ? {} : { reason }),
    ...(changed === null ? {} : { at: changed }),
    pausedFor,
    breaker,
  };
  return due === null || empty ? { endpoint, state } : { endpoint, state, due };
}

/** Whether a name can be one of ours: the others are asked for nowhere. */
function isOurs(item: string): boolean {
  return /^\d{1,15}$/.test(item);
}
