import { ConfigurationError } from "@countersign/core";
import { checkText } from "@countersign/core/checks";
import { type ClaimRef, type Outbox, OutboxFull, type Placing, steady } from "@countersign/sender";
import type { KeyedOutbox, Transact } from "../inbox/store.ts";
import { Heartbeats } from "../rows/heartbeats.ts";
import { claim } from "./claim.ts";
import type { SqliteConnection } from "./driver.ts";
import { look, remove, setState, stats } from "./endpoints.ts";
import { enqueue } from "./enqueue.ts";
import { File } from "./file.ts";
import { finish, giveBack, type Retention } from "./finish.ts";
import { attemptsOf, numberOf } from "./items.ts";
import { keepOnce, known } from "./keys.ts";
import { cancel, list, outcomes, redrive } from "./letters.ts";
import { PREFIX } from "./migrate.ts";
import { readOptions, type Settings, type SqliteOutboxOptions } from "./options.ts";
import { type ItemRow, Session } from "./session.ts";

/**
 * An outbox in a SQLite file: for all processes of one machine. What it has taken is on the disk, synced, before `send`
 * resolves, and outlives a process that is killed and a machine that loses its power.
 *
 * It opens the file with `node:sqlite` where Node has it (from 22.13), else with the package `libsql`. The file may be your
 * application's own: its tables begin with `countersign_`. It is made where it is missing, and brought to this version.
 *
 * @param path the file; not on a network file system, whose locks SQLite cannot trust
 * @throws OutboxError when the file cannot be written or read, or was written by a newer version
 * @throws ConfigurationError when an option is unknown or out of its range
 *
 * @example
 * ```ts
 * import { sqliteOutbox } from "@countersign/outbox";
 * import { createSender } from "@countersign/sender";
 * import { tmpdir } from "node:os";
 *
 * const sender = createSender({ endpoints: [], outbox: sqliteOutbox(`${tmpdir()}/webhooks-${process.pid}.db`) });
 * await sender.close();
 * ```
 */
export function sqliteOutbox(path: string, options: SqliteOutboxOptions = {}): Outbox<SqliteConnection> {
  return openSqlite(path, options, PREFIX.outbox);
}

/** The same, with tables that begin so. */
export function openSqlite(path: string, options: SqliteOutboxOptions, prefix: string): SqliteOutbox {
  checkText(path, "path");
  if (path === ":memory:") {
    throw new ConfigurationError("path", "path must name a file: what is kept in memory is memoryOutbox's business.");
  }
  return new SqliteOutbox(path, readOptions(options, prefix));
}

/** An outbox in a file; it knows keys too, for inboxes. */
export class SqliteOutbox implements Outbox<SqliteConnection>, KeyedOutbox<SqliteConnection> {
  readonly oneWriter = true;
  readonly heartbeat: number;
  readonly #beats: Heartbeats;
  readonly pollInterval: number;
  readonly #prefix: string;
  readonly #maxBytes: number;
  readonly #retention: Retention;
  readonly #file: File;
  readonly #session: Session;
  readonly #now: () => number;
  readonly #foreign = new WeakMap<SqliteConnection, Session>();

  constructor(path: string, { prefix, clock, lease, pollInterval, maxBytes, retention }: Settings) {
    this.pollInterval = pollInterval;
    this.#prefix = prefix;
    this.#maxBytes = maxBytes;
    this.#retention = retention;
    this.#beats = new Heartbeats(lease, clock, (claims, time) => this.#extend(claims, time));
    this.heartbeat = this.#beats.interval;
    const waits = steady(clock);
    this.#now = () => waits.now();
    this.#file = new File(path, prefix);
    this.#session = new Session(this.#file.connection, this.#now, prefix, true);
  }

  async enqueue(...[events, { tx } = {}]: Parameters<Outbox<SqliteConnection>["enqueue"]>) {
    const put = (session: Session) => {
      this.#checkRoom(session, events);
      return enqueue(session, events);
    };
    return tx === undefined
      ? this.#file.write(() => put(this.#session))
      : this.#file.read(() => put(this.#sessionOf(tx)));
  }

  async claim(...[ask]: Parameters<Outbox["claim"]>) {
    const room = ask.room.map((one) => ({ ...one, lease: this.#beats.short(one.lease) }));
    const items = await this.#file.write(() => claim(this.#session, { ...ask, room }));
    this.#beats.holdClaimed(items, ask);
    return items;
  }

  async extend(...[claims, lease]: Parameters<Outbox["extend"]>) {
    const held = await this.#extend(claims, this.#beats.short(lease));
    this.#beats.hold(held, lease);
    return held;
  }

  #extend(claims: readonly ClaimRef[], lease: number): Promise<readonly ClaimRef[]> {
    return this.#file.write(() => {
      const until = this.#session.writeNow() + lease;
      const sql = "UPDATE countersign_item SET due = ? WHERE id = ? AND token = ? AND state = 1 RETURNING id";
      return claims.filter(({ id, token }) => this.#session.get(sql, until, numberOf(id), token) !== undefined);
    });
  }

  async finish(...[results]: Parameters<Outbox["finish"]>) {
    const finished = await this.#file.write(() => finish(this.#session, results, this.#retention));
    this.#beats.drop(results.map(({ id }) => id));
    return finished;
  }

  async release(owner: string, except: readonly string[] = []) {
    this.#beats.dropAllBut(owner, except);
    return this.#file.write(() => {
      const now = this.#session.writeNow();
      const sql = "SELECT * FROM countersign_item WHERE state = 1 AND owner = ?";
      const kept = new Set(except);
      const held = this.#session.all<ItemRow>(sql, owner).filter(({ id }) => !kept.has(String(id)));
      for (const row of held) giveBack(this.#session, row, now);
      return held.length;
    });
  }

  async look(...[ask]: Parameters<Outbox["look"]>) {
    return this.#file.read(() => look(this.#session, ask));
  }

  async setEndpointState(...[endpoint, version, next]: Parameters<Outbox["setEndpointState"]>) {
    return this.#file.write(() => setState(this.#session, endpoint, version, next));
  }

  async removeEndpoint(...[endpoint, generation]: Parameters<Outbox["removeEndpoint"]>) {
    return this.#file.write(() => remove(this.#session, endpoint, generation));
  }

  async cancel(...[items]: Parameters<Outbox["cancel"]>) {
    return this.#file.write(() => cancel(this.#session, items));
  }

  async list(...[ask]: Parameters<Outbox["list"]>) {
    return this.#file.read(() => list(this.#session, ask));
  }

  async redrive(...[ask]: Parameters<Outbox["redrive"]>) {
    return this.#file.write(() => redrive(this.#session, ask));
  }

  async attempts(item: string) {
    return this.#file.read(() => attemptsOf(this.#session, numberOf(item)));
  }

  async outcomes(...[items]: Parameters<Outbox["outcomes"]>) {
    return this.#file.read(() => outcomes(this.#session, items));
  }

  async stats(...[endpoints]: Parameters<Outbox["stats"]>) {
    return this.#file.read(() => stats(this.#session, endpoints));
  }

  async knows(keys: readonly string[]) {
    return this.#file.read(() => known(this.#session, keys).length > 0);
  }

  async keepOnce(keys: readonly string[], ttl: number, placing: Placing, ordering?: string) {
    return this.#file.write(() => {
      this.#checkRoom(this.#session, [placing]);
      return keepOnce(this.#session, keys, ttl, placing, ordering);
    });
  }

  transactor(): Transact<SqliteConnection> {
    return (work) =>
      this.#file.transact((connection) => {
        const session = new Session(connection, this.#now, this.#prefix, true);
        return work(connection, async (results) => finish(session, results, this.#retention));
      });
  }

  close(): Promise<void> {
    this.#beats.close();
    return this.#file.close();
  }

  /** What is there must still be written down when there is no room for more: only what comes is refused. */
  #checkRoom(session: Session, events: readonly Placing[]): void {
    const endpoint = events.find(({ placements }) => placements.length > 0)?.placements[0]?.endpoint;
    if (this.#maxBytes === Number.POSITIVE_INFINITY || endpoint === undefined) return;
    const { bytes } = session.get(
      "SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    ) as { bytes: number };
    if (bytes >= this.#maxBytes) throw new OutboxFull(endpoint);
  }

  /** The statements of a connection of the application's own. */
  #sessionOf(connection: SqliteConnection): Session {
    let session = this.#foreign.get(connection);
    if (session !== undefined) return session;
    if (typeof connection?.exec !== "function" || typeof connection.prepare !== "function") {
      throw new ConfigurationError("tx", "tx must be an open database of node:sqlite, libsql or better-sqlite3.");
    }
    session = new Session(connection, this.#now);
    this.#foreign.set(connection, session);
    return session;
  }
}
