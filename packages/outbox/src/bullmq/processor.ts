import { checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { OneAttempt, Sender } from "@countersign/sender";
import { DelayedError, type Job, UnrecoverableError } from "bullmq";

/** The data of a job: one event on its way to one endpoint, with what was tried so far. */
export interface WebhookJob {
  /** The name of the sender's endpoint that it goes to. */
  readonly endpoint: string;
  /** The event, with an `id`: the job's own name, so that it is queued once. */
  readonly event: WebhookEvent & {
    /** What each attempt is signed under, so that a receiver can tell a retry from something new. */
    readonly id: string;
  };
  /** Attempts that were made; kept here, because waits that a receiver asks for are no failures of BullMQ's. Default: none. */
  readonly attempts?: number;
  /** When the first began, in milliseconds since the epoch. Default: it has not. */
  readonly since?: number;
}

/** Options of {@link webhookProcessor}. */
export interface WebhookProcessorOptions {
  /**
   * Told of a receiver that wants nothing more (a 410): pause what goes there. The job fails for good either way. Default:
   * nobody.
   */
  readonly onDisable?: (endpoint: string, reason: string) => unknown;
  /** Where the time comes from. Default: `Date.now`. */
  readonly now?: () => number;
}

const KEYS: KeysOf<WebhookProcessorOptions> = { onDisable: "optional", now: "optional" };

/**
 * The processor of a BullMQ worker that delivers webhooks: each run is one signed, guarded attempt of the sender, whose
 * schedule and the receiver's `Retry-After` decide when the next is. Jobs that are given up are BullMQ's failed jobs.
 *
 * @example
 * ```ts
 * import { webhookProcessor, type WebhookJob } from "@countersign/outbox/bullmq";
 * import { createSender } from "@countersign/sender";
 * import { Queue, Worker } from "bullmq";
 *
 * export function start(connection: { host: string; port: number }) {
 *   const sender = createSender({ endpoints: [{ name: "billing", url: "https://example.com/hooks" }] });
 *   const worker = new Worker<WebhookJob>("webhooks", webhookProcessor(sender), { connection, concurrency: 50 });
 *   const queue = new Queue<WebhookJob>("webhooks", { connection });
 *   const event = { id: "evt_17", type: "invoice.paid", data: { invoice: 17 } };
 *   return { worker, added: queue.add("webhook", { endpoint: "billing", event }, { jobId: event.id }) };
 * }
 * ```
 */
export function webhookProcessor(sender: Pick<Sender, "attempt">, options: WebhookProcessorOptions = {}) {
  checkOptions(options, KEYS, "webhookProcessor");
  const { onDisable, now = Date.now } = options;
  return async function deliverWebhook(job: Job<WebhookJob>, token?: string): Promise<OneAttempt> {
    const { endpoint, event, attempts = 0, since = now() } = job.data;
    const attempt = attempts + 1;
    const result = await sender.attempt(checkText(endpoint, "job.data.endpoint"), event, {
      attempt,
      tried: `${Math.max(0, Math.round(now() - since))}ms`,
    });
    const { next, delay, reason } = result;
    if (next === "delivered") return result;
    if (next === "retry") {
      await job.updateData({ ...job.data, attempts: attempt, since });
      await job.moveToDelayed(now() + delay, token);
      throw new DelayedError();
    }
    if (next === "disable") await onDisable?.(endpoint, reason);
    throw new UnrecoverableError(`${next}: ${reason}`);
  };
}
