import { ConfigurationError } from "@countersign/core";
import { checkOptions } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { AttemptResult } from "@countersign/sender";
import { attemptJob, type DeliveryJob, type EngineSender, jobId, makeJobs } from "../engine/job.ts";
import type { PgBoss, PgBossJob, PgBossTransaction } from "./boss.ts";
import { ENQUEUE, type PgBossEnqueueOptions, type PgBossOptions, readOptions } from "./options.ts";

/** What {@link pgBossDelivery} makes. */
export interface PgBossDelivery {
  /** Makes both queues where they do not exist. Once, at a start or a deploy, after `boss.start()`. */
  prepare(): Promise<void>;
  /**
   * Adds a job for each endpoint that wants the event, all or none.
   *
   * @returns the names of the endpoints
   * @throws ConfigurationError for an event that cannot be sent or an endpoint that does not exist
   */
  enqueue(event: WebhookEvent, options?: PgBossEnqueueOptions): Promise<readonly string[]>;
  /** Begins to deliver, until `boss.offWork` or `boss.stop`. @returns pg-boss's id of the work */
  work(): Promise<string>;
}

const NO_TRANSACTION = "pg-boss cannot open a transaction on its database. Use its own pool, or an adapter that can.";
const CALLED: readonly (keyof PgBoss)[] = ["createQueue", "insert", "work", "fail", "update", "getDb"];
/** The endpoint's schedule gives up; what is left to pg-boss are processes that die, five seconds apart. */
const RETRIES = { retryLimit: 100_000, retryDelay: 5 };

/**
 * Delivers by jobs of pg-boss 12 on PostgreSQL: the sender makes the attempts, pg-boss keeps the events and the time.
 *
 * @param boss started before anything is asked of it, with a database on which it can open transactions, as its own pool
 * @param sender where the endpoints are
 * @throws ConfigurationError for an option that cannot be
 */
export function pgBossDelivery(boss: PgBoss, sender: EngineSender, options: PgBossOptions = {}): PgBossDelivery {
  const { queue, fifo, heartbeatSeconds, whenDisabled, ...pace } = readOptions(options);
  const missing = CALLED.find((name) => typeof boss?.[name] !== "function");
  if (missing !== undefined)
    throw new ConfigurationError("pgBoss.boss", `boss must be a PgBoss: it has no ${missing}.`);
  const deadLetter = `${queue}_dead`;

  /** Failed and due again in one transaction: nobody can take it too early, or with what was handed in the last time. */
  async function putBack({ id, retryCount, data }: PgBossJob, result: AttemptResult & { again: object }) {
    const tx = await boss.getDb().beginTransaction?.();
    if (tx === undefined)
      throw new ConfigurationError("pgBoss.boss", "boss cannot open a transaction on its database.");
    try {
      const { affected = 0 } = (await boss.fail(queue, { id, retryCount }, result.attempt, tx)) as Affected;
      const startAfter = Math.max(1, result.kind === "retry" ? result.after : whenDisabled) / 1_000;
      const kept = { ...data, again: result.again, of: id };
      // One whose heartbeat was missed has lost the job to another: he changes nothing of it.
      if (affected > 0) await boss.update(queue, kept, { id, startAfter, db: tx.db });
      await tx.commit();
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }

  async function deliver([job]: PgBossJob[]) {
    if (job === undefined) return [];
    // A dead letter that was redriven is a job of another id, and begins anew.
    const fresh = job.data?.of !== undefined && job.data.of !== job.id;
    const result = await attemptJob(sender, fresh ? { ...job.data, again: { attempt: 1 } } : job.data);
    const output = { ...result.attempt, ...("message" in result ? { message: result.message } : {}) };
    if ("again" in result) await putBack(job, result);
    const status = "again" in result ? "failed" : result.kind === "dead" ? "deadletter" : "completed";
    return [{ id: job.id, status, output }];
  }

  return Object.freeze({
    async prepare() {
      await boss.createQueue(deadLetter);
      const policy = fifo ? "key_strict_fifo" : "standard";
      await boss.createQueue(queue, { ...RETRIES, deadLetter, heartbeatSeconds, policy });
    },
    async enqueue(event, enqueueOptions = {}) {
      checkOptions(enqueueOptions, ENQUEUE, "enqueue");
      const { to, db } = enqueueOptions;
      const jobs = await makeJobs(sender, event, to);
      const rows = jobs.map((data: DeliveryJob) => ({
        ...{ id: jobId(data), data, group: { id: data.endpoint } },
        ...(fifo ? { singletonKey: data.endpoint } : {}),
      }));
      if (rows.length > 0) await boss.insert(queue, rows, db === undefined ? {} : { db });
      return jobs.map(({ endpoint }) => endpoint);
    },
    async work() {
      if (boss.getDb().beginTransaction === undefined) throw new ConfigurationError("pgBoss.boss", NO_TRANSACTION);
      return boss.work(queue, { ...pace, perJobResults: true }, deliver);
    },
  } satisfies PgBossDelivery);
}

/** What pg-boss answers to a command. */
interface Affected {
  readonly affected?: number;
}
