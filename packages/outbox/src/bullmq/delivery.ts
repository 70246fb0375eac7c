import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { AttemptRecord } from "@countersign/sender";
import { attemptJob, type DeliveryJob, type EngineSender, jobId, makeJobs } from "../engine/job.ts";

/** A `Queue` of BullMQ, by its shape. */
export interface BullmqQueue {
  /** Adds all or none; one whose `jobId` is known is not added again. */
  addBulk(jobs: { name: string; data: DeliveryJob; opts: object }[]): Promise<unknown>;
}

/** A `Job` of BullMQ, by its shape. */
export interface BullmqJob {
  /** What `enqueue` put there. */
  readonly data: DeliveryJob;
  /** Keeps the attempt's record with the job. */
  log(row: string): Promise<unknown>;
  /** Keeps what the next attempt is handed. */
  updateData(data: DeliveryJob): Promise<unknown>;
  /** Back to wait, if the token still holds the lock. */
  moveToDelayed(timestamp: number, token?: string): Promise<unknown>;
}

/** Options of {@link bullmqDelivery}. */
export interface BullmqOptions {
  /** How long the events of a disabled endpoint wait before it is looked at again. @default "5m" */
  readonly whenDisabled?: Duration;
  /** How long BullMQ remembers a job that is done, and refuses the same event again. @default "24h" */
  readonly rememberFor?: Duration;
}

/** What {@link bullmqDelivery} makes. */
export interface BullmqDelivery {
  /**
   * Adds a job for each endpoint that wants the event, all or none.
   *
   * @param options `to`: only these endpoints
   * @returns the names of the endpoints
   * @throws ConfigurationError for an event that cannot be sent or an endpoint that does not exist
   */
  enqueue(event: WebhookEvent, options?: { readonly to?: string | readonly string[] }): Promise<readonly string[]>;
  /** The processor for BullMQ's `Worker`. */
  readonly process: (job: BullmqJob, token?: string) => Promise<AttemptRecord | null>;
}

const KEYS: KeysOf<BullmqOptions> = { whenDisabled: "optional", rememberFor: "optional" };
/** For what is no attempt's result, such as an outbox that does not answer: BullMQ's own retries. */
const RETRIES = { attempts: 10, backoff: { type: "fixed", delay: 5_000 } };

/**
 * Delivers by jobs of BullMQ 6 on Redis: the sender makes the attempts, BullMQ keeps the events and the time. A dead letter
 * is a failed job; its attempts are the job's log.
 *
 * @param queue where jobs are added
 * @param sender where the endpoints are
 * @throws ConfigurationError for an option that cannot be
 */
export function bullmqDelivery(queue: BullmqQueue, sender: EngineSender, options: BullmqOptions = {}): BullmqDelivery {
  checkOptions(options, KEYS, "bullmq");
  if (typeof queue?.addBulk !== "function")
    throw new ConfigurationError("bullmq.queue", "queue must be a BullMQ Queue.");
  const whenDisabled = parseDuration(options.whenDisabled ?? "5m", "bullmq.whenDisabled", 1);
  const age = Math.ceil(parseDuration(options.rememberFor ?? "24h", "bullmq.rememberFor", 1) / 1_000);
  const opts = { ...RETRIES, removeOnComplete: { age }, removeOnFail: false };
  return Object.freeze({
    async enqueue(event, { to } = {}) {
      const jobs = await makeJobs(sender, event, to);
      await queue.addBulk(jobs.map((data) => ({ name: data.event.type, data, opts: { ...opts, jobId: jobId(data) } })));
      return jobs.map(({ endpoint }) => endpoint);
    },
    async process(job, token) {
      const result = await attemptJob(sender, job.data);
      const { kind, attempt = null } = result;
      if (attempt !== null) await job.log(JSON.stringify(attempt));
      if (kind === "delivered" || kind === "discard") return attempt;
      if (kind === "dead") {
        // A dead letter that is tried again by hand begins anew.
        await job.updateData({ ...job.data, again: { attempt: 1 } });
        throw signal("UnrecoverableError", result.message);
      }
      await job.updateData({ ...job.data, again: result.again });
      await job.moveToDelayed(Date.now() + (kind === "retry" ? result.after : whenDisabled), token);
      throw signal("DelayedError", "Waits for its next attempt.");
    },
  } satisfies BullmqDelivery);
}

/** BullMQ knows its signals by their names. */
function signal(name: "UnrecoverableError" | "DelayedError", message: string): Error {
  return Object.assign(new Error(message), { name });
}
