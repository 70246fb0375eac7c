import type { DeliveryJob } from "../engine/job.ts";

/** A database as pg-boss takes it as `db`: its own, one of its `from…` adapters, or your client's open transaction. */
export interface PgBossDatabase {
  /** Sends one SQL statement with its parameters, `$1` and so on, and answers with the rows. */
  executeSql(text: string, values?: unknown[]): Promise<PgBossRows>;
  /** Begins one that pg-boss owns; its own pool can, an adapter need not. */
  beginTransaction?(): Promise<PgBossTransaction>;
}

/** The answer of PostgreSQL to one statement, in the form in which `pg` gives it. */
export interface PgBossRows {
  /** Objects by column name; empty where a statement returns none. */
  rows: any[];
}

/** A transaction that pg-boss has begun on a connection of its own pool. */
export interface PgBossTransaction {
  /** The connection on which it is open: what runs here commits or is rolled back with it. */
  db: PgBossDatabase;
  /** Writes down what was done since it began, and lets the connection go. */
  commit(): Promise<void>;
  /** Forgets what was done since it began; never rejects, and may be called twice. */
  rollback(): Promise<void>;
}

/** One attempt at a job: what is said of a later claim of it changes nothing. */
export interface PgBossClaim {
  /** The job's UUID, the same over its retries. */
  id: string;
  /** Counts how often it was claimed before, from 0. */
  retryCount: number;
}

/** A claimed job, as pg-boss hands it to a worker. */
export interface PgBossJob extends PgBossClaim {
  /** What `enqueue` put there, and from the first wait on what the next attempt needs. */
  data: PgBossJobData;
}

/** A delivery that remembers for which job its `again` was noted. */
export interface PgBossJobData extends DeliveryJob {
  /** The UUID of that job: a dead letter that was redriven has another, and begins anew. */
  readonly of?: string;
}

/** The connection on which pg-boss makes a call; its own pool where there is none. */
export interface PgBossCall {
  /** Runs the call inside this transaction. */
  db?: PgBossDatabase;
}

/** Which waiting job is changed, and when it is due. */
export interface PgBossUpdate extends PgBossCall {
  /** The job's UUID. */
  id: string;
  /** Seconds from now, by the database's clock; fractions count. */
  startAfter: number;
}

/** A started `PgBoss` of pg-boss 12, known by its methods: nothing of that package is imported here. */
export interface PgBoss {
  /** Makes a queue, unless one of that name exists already. */
  createQueue(name: string, options?: object): Promise<void>;
  /** Adds all or none; a job whose id is known is not added again. */
  insert(name: string, jobs: any[], options?: PgBossCall): Promise<unknown>;
  /** Begins to hand claimed jobs to the handler. */
  work(name: string, options: any, handler: (jobs: any[]) => Promise<any>): Promise<string>;
  /** Ends a claim without success: the job is tried again, where retries are left. */
  fail(name: string, job: PgBossClaim, data?: object, options?: PgBossCall): Promise<unknown>;
  /** Changes data and due time of a job that is not claimed. */
  update(name: string, data: object, options: PgBossUpdate): Promise<unknown>;
  /** Where pg-boss keeps its jobs: its own pool, or the adapter that it was constructed with. */
  getDb(): PgBossDatabase;
}
