import { OutboxError } from "../rows/errors.ts";
import { codeOf, explained, type OwnConnection, open, type SqliteConnection } from "./driver.ts";
import { migrate } from "./schema.ts";

/** SQLite waits so long for another's lock by itself, in milliseconds: the event loop stands still meanwhile. */
const SHORT_WAIT = 5;
/** At the start nothing else is to be done. */
const START_WAIT = 5_000;
/** How long a write is tried while others hold the lock. */
const LONGEST_WAIT = 10_000;
/** Between two tries, at the most. */
const PAUSE = 10;

interface Job {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A file, written by one transaction at a time: what is asked at once is one transaction, and costs one sync of the disk.
 */
export class File {
  readonly path: string;
  /** The version of the tables that it had. */
  readonly found: number;
  readonly #connection: OwnConnection;
  #jobs: Job[] = [];
  #running: Promise<void> | undefined;
  #writer: OwnConnection | undefined;
  /** Ends with the transactions over several turns. */
  #held: Promise<unknown> | undefined;
  #closed = false;

  /** @throws OutboxError when it cannot be opened, read or brought to this version */
  constructor(path: string, prefix = "countersign_") {
    this.path = path;
    try {
      this.#connection = open(path);
    } catch (error) {
      throw explained(error, path);
    }
    try {
      this.#connection.exec(`PRAGMA busy_timeout = ${START_WAIT}`);
      startWal(this.#connection);
      this.#connection.exec("PRAGMA synchronous = FULL");
      this.found = migrate(this.#connection, path, prefix);
      this.#connection.exec(`PRAGMA busy_timeout = ${SHORT_WAIT}`);
    } catch (error) {
      this.#connection.close();
      throw explained(error, path);
    }
  }

  get connection(): SqliteConnection {
    return this.#connection;
  }

  /** Reads at once. @throws OutboxError */
  read<Value>(work: () => Value): Value {
    this.#check();
    try {
      return work();
    } catch (error) {
      throw explained(error, this.path);
    }
  }

  /** Writes in the next transaction: all of it or nothing. */
  write<Value>(work: () => Value): Promise<Value> {
    this.#check();
    return new Promise<Value>((resolve, reject) => {
      this.#jobs.push({ work, resolve, reject });
      this.#running ??= Promise.resolve().then(() => this.#run());
    });
  }

  /**
   * A transaction that may take its time, on a connection of its own: nobody writes meanwhile. One at a time.
   *
   * @throws OutboxError
   */
  transact<Value>(work: (connection: SqliteConnection) => Promise<Value>): Promise<Value> {
    this.#check();
    const transaction = (this.#held ?? Promise.resolve()).then(() => this.#transactSlowly(work));
    const held = transaction
      .catch(() => {})
      .finally(() => {
        if (this.#held === held) this.#held = undefined;
      });
    this.#held = held;
    return transaction;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    if (this.#closed) return this.#running;
    this.#closed = true;
    await this.#held;
    await this.#running;
    this.#writer?.close();
    this.#connection.close();
  }

  #check(): void {
    if (this.#closed) throw new OutboxError("closed", "The outbox is closed.");
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs;
      this.#jobs = [];
      if (await this.#transact(jobs)) continue;
      // One of several that fails takes nothing from the others: each is then tried by itself.
      for (const job of jobs) await this.#transact([job]);
    }
    this.#running = undefined;
  }

  /**
   * Does them in one transaction, as soon as the write lock is free; others get their turns, and the event loop does not
   * wait with us. `false` when several were rolled back: nobody was told then.
   */
  async #transact(jobs: readonly Job[]): Promise<boolean> {
    // A transaction of our own that takes its time: SQLite would let the event loop stand still for it.
    if (this.#held !== undefined) await endOf(this.#held, LONGEST_WAIT);
    try {
      await begin(this.#connection);
    } catch (error) {
      for (const { reject } of jobs) reject(explained(error, this.path));
      return true;
    }
    // Without a pause from here on: it would be all others' pause.
    return this.#attempt(jobs);
  }

  async #transactSlowly<Value>(work: (connection: SqliteConnection) => Promise<Value>): Promise<Value> {
    try {
      const connection = this.#writer ?? open(this.path);
      this.#writer = connection;
      connection.exec(`PRAGMA busy_timeout = ${SHORT_WAIT}; PRAGMA synchronous = FULL`);
      await begin(connection);
      try {
        const value = await work(connection);
        connection.exec("COMMIT");
        return value;
      } catch (error) {
        rollback(connection);
        throw error;
      }
    } catch (error) {
      throw explained(error, this.path);
    }
  }

  /** `false` when several were rolled back; one that was is told. */
  #attempt(jobs: readonly Job[]): boolean {
    const values: unknown[] = [];
    try {
      for (const { work } of jobs) values.push(work());
      this.#connection.exec("COMMIT");
    } catch (error) {
      rollback(this.#connection);
      if (jobs.length > 1) return false;
      jobs[0]?.reject(explained(error, this.path));
      return true;
    }
    for (const [index, { resolve }] of jobs.entries()) resolve(values[index] as never);
    return true;
  }
}

/** Begins to write as soon as nobody else does; others get their turns, and the event loop does not wait with us. */
async function begin(connection: SqliteConnection): Promise<void> {
  const until = performance.now() + LONGEST_WAIT;
  for (;;) {
    try {
      connection.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (codeOf(error) !== "busy" || performance.now() >= until) throw error;
    }
    await new Promise<void>((resolve) => setTimeout(resolve, PAUSE * Math.random()));
  }
}

function rollback(connection: SqliteConnection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

async function endOf(work: Promise<unknown>, longest: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, longest);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Two processes that begin with a file at the same moment: the switch to the write-ahead log does not wait by itself. */
function startWal(connection: SqliteConnection): void {
  const until = performance.now() + START_WAIT;
  const still = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      connection.prepare("PRAGMA journal_mode = WAL").get();
      return;
    } catch (error) {
      if (codeOf(error) !== "busy" || performance.now() > until) throw error;
      Atomics.wait(still, 0, 0, PAUSE);
    }
  }
}
