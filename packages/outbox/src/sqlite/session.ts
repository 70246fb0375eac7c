import type { SqliteConnection, SqliteStatement, SqliteValue } from "./driver.ts";

/** A row of the items' table. */
export interface ItemRow {
  readonly id: number;
  readonly place: number;
  readonly endpoint: string;
  readonly generation: number;
  readonly digest: string;
  readonly event: string;
  readonly state: number;
  readonly due: number;
  readonly enqueued: number;
  readonly tried: number | null;
  readonly attempts: number;
  readonly token: number;
  readonly lead: number | null;
  readonly progress: string | null;
  readonly status: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly ended: number | null;
  readonly rank: number | null;
}

/** How far apart the stored time may be from the present, in milliseconds: it is not written each time. */
const CLOCK_STEP = 250;

/** What all tables begin with, as statements are written here. */
const WRITTEN = "countersign_";

/** A statement for the tables that begin so. */
export function named(sql: string, prefix: string): string {
  return prefix === WRITTEN ? sql : sql.replaceAll(WRITTEN, prefix);
}

/** The highest number that was given: one that an item has, or one that was counted. */
const LAST = "max(counter, ifnull((SELECT max(id) FROM countersign_item), 0))";

/** A connection's statements, each compiled once, and the store's counter and clock. */
export class Session {
  readonly #connection: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #prefix: string;
  readonly #locked: boolean;
  readonly #steady: () => number;
  /** How far this process's clock is behind the latest that any process has written. */
  #behind = 0;
  #written = 0;

  /**
   * @param steady the machine's time, which is never set back while the process lives
   * @param locked whether each write is in a transaction that began with the write lock: one of our own
   */
  constructor(connection: SqliteConnection, steady: () => number, prefix = WRITTEN, locked = false) {
    this.#prefix = prefix;
    this.#locked = locked;
    this.#connection = connection;
    this.#steady = steady;
  }

  run(sql: string, ...values: SqliteValue[]): void {
    this.#with(sql, (statement) => statement.run(...values));
  }

  get<Row>(sql: string, ...values: SqliteValue[]): Row | undefined {
    return (this.#with(sql, (statement) => statement.get(...values)) ?? undefined) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SqliteValue[]): Row[] {
    return this.#with(sql, (statement) => statement.all(...values)) as Row[];
  }

  /**
   * The store's time. A wall clock that is set back, by whom it may be, moves nothing that waits: it goes on from the
   * latest time that was written.
   */
  now(): number {
    const { clock } = this.get("SELECT clock FROM countersign_outbox") as { clock: number };
    return this.#timeAfter(clock);
  }

  /** The same, kept for the others. */
  writeNow(): number {
    return this.#keep(this.now());
  }

  #timeAfter(clock: number): number {
    const now = this.#steady() + this.#behind;
    if (clock <= now) return now;
    this.#behind += clock - now;
    return clock;
  }

  #keep(now: number): number {
    if (now - this.#written >= CLOCK_STEP) {
      this.run("UPDATE countersign_outbox SET clock = max(clock, ?)", now);
      this.#written = now;
    }
    return now;
  }

  /** The first of so many numbers that nobody else has, each higher than all before and all items' names. */
  count(numbers = 1): number {
    const sql = `UPDATE countersign_outbox SET counter = ${LAST} + ? RETURNING counter`;
    return (this.get(sql, numbers) as { counter: number }).counter - numbers + 1;
  }

  /**
   * The store's time, and the first of so many numbers, for items alone. Where the write lock is ours the items
   * themselves are the note that they are taken: that saves a page of each commit.
   */
  forItems(numbers: number): { readonly now: number; readonly first: number } {
    if (!this.#locked) return { first: this.count(numbers), now: this.writeNow() };
    const { clock, last } = this.get(`SELECT clock, ${LAST} AS last FROM countersign_outbox`) as {
      clock: number;
      last: number;
    };
    return { first: last + 1, now: this.#keep(this.#timeAfter(clock)) };
  }

  #with<Value>(sql: string, use: (statement: SqliteStatement) => Value): Value {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(named(sql, this.#prefix));
      this.#statements.set(sql, statement);
    }
    try {
      return use(statement);
    } catch (error) {
      // With libsql a statement that failed once fails for ever.
      this.#statements.delete(sql);
      throw error;
    }
  }
}
