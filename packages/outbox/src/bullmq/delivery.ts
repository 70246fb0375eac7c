import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { AttemptRecord } from "@countersign/sender";
import { attemptJob, type EngineSender, jobId, makeJobs } from "../engine/job.ts";
import type { BullmqJob, BullmqQueue } from "./queue.ts";

/** Options of {@link bullmqDelivery}. */
export interface BullmqOptions {
  /** How long the events of a disabled endpoint wait before it is looked at again. @default "5m" */
  readonly whenDisabled?: Duration;
  /** How long BullMQ remembers a job that is done, and refuses the same event again. @default "24h" */
  readonly rememberFor?: Duration;
}

/** Narrows where one event goes, below what the endpoints' filters say. */
export interface BullmqEnqueueOptions {
  /** Only these endpoints, and only if their filters want the event. Default: all. */
  readonly to?: string | readonly string[];
}

/** What {@link bullmqDelivery} makes. */
export interface BullmqDelivery {
  /**
   * Adds a job for each endpoint that wants the event, all or none.
   *
   * @returns the names of the endpoints
   * @throws ConfigurationError for an event that cannot be sent or an endpoint that does not exist
   */
  enqueue(event: WebhookEvent, options?: BullmqEnqueueOptions): Promise<readonly string[]>;
  /** The processor for BullMQ's `Worker`. */
  readonly process: (job: BullmqJob, token?: string) => Promise<AttemptRecord | null>;
}

const ENQUEUE: KeysOf<BullmqEnqueueOptions> = { to: "optional" };
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
    async enqueue(event, enqueueOptions = {}) {
      checkOptions(enqueueOptions, ENQUEUE, "enqueue");
      const jobs = await makeJobs(sender, event, enqueueOptions.to);
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
