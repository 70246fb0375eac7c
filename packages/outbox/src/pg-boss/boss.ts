import type { DeliveryJob } from "../engine/job.ts";

/** A database as pg-boss takes it as `db`: its own, one of its `from…` adapters, or your client's open transaction. */
export interface PgBossDatabase {
  /** Runs one statement. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
  /** Opens a transaction; pg-boss's own pool can. */
  beginTransaction?(): Promise<PgBossTransaction>;
}

/** An open transaction of pg-boss's own. */
export interface PgBossTransaction {
  /** Runs statements inside it. */
  db: PgBossDatabase;
  /** Ends it with what was done. */
  commit(): Promise<void>;
  /** Ends it without. */
  rollback(): Promise<void>;
}

/** A job as pg-boss hands it to a worker. */
export interface PgBossJob {
  /** The job's UUID. */
  id: string;
  /** Counts the claims of this job: pg-boss refuses what is said of it with an older one. */
  retryCount: number;
  /** What `enqueue` put there; `of`, the job for which `again` was noted. */
  data: DeliveryJob & { readonly of?: string };
}

/** A `PgBoss` of pg-boss 12, by its shape. */
export interface PgBoss {
  /** Makes a queue where there is none of the name. */
  createQueue(name: string, options?: object): Promise<void>;
  /** Adds all or none; a job whose id is known is not added again. */
  insert(name: string, jobs: any[], options?: { db?: PgBossDatabase }): Promise<unknown>;
  /** Begins to hand out jobs. */
  work(name: string, options: any, handler: (jobs: any[]) => Promise<any>): Promise<string>;
  /** Fails a job for this attempt of it: pg-boss decides what comes of it. */
  fail(
    name: string,
    job: { id: string; retryCount: number },
    data: object | undefined,
    options: { db?: PgBossDatabase },
  ): Promise<unknown>;
  /** Changes a job that waits. */
  update(
    name: string,
    data: object,
    options: { id: string; startAfter: number; db?: PgBossDatabase },
  ): Promise<unknown>;
  /** The database that it runs on. */
  getDb(): PgBossDatabase;
}
