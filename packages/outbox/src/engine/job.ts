import { createHash, randomUUID } from "node:crypto";
import { ConfigurationError, parseLossless, toJson } from "@countersign/core";
import type { WebhookEvent } from "@countersign/core/event";
import type { AttemptOptions, AttemptResult, Sender } from "@countersign/sender";

/** The methods of a sender by which jobs are made and attempted; any `Sender` has them, whatever its outbox. */
export type EngineSender = Pick<Sender, "attempt" | "explain" | "endpoints">;

/** A job's data: one event for one endpoint. JSON, and `event.data` is JSON text, so that a 64-bit number stays what it is. */
export interface DeliveryJob {
  /** The destination's name, as the sender has it. */
  readonly endpoint: string;
  /** Taken when it was enqueued, so that each attempt sends the same. */
  readonly event: Omit<WebhookEvent, "id" | "data"> & {
    /** As it was sent, or a random UUID: the same in every attempt. */
    readonly id: string;
    /** JSON text, as large numbers survive no engine. */
    readonly data: string;
  };
  /** What the next attempt is handed. */
  readonly again: AttemptOptions;
}

/** How long a job waits that a sender could not take because it is closed, in milliseconds. */
const CLOSED_PAUSE = 1_000;

/**
 * A job for each endpoint that wants the event.
 *
 * @throws ConfigurationError for an event that cannot be sent or an endpoint that does not exist
 */
export async function makeJobs(
  sender: EngineSender,
  event: WebhookEvent,
  to: string | readonly string[] | undefined,
): Promise<readonly DeliveryJob[]> {
  const now = Date.now();
  // Taken now: what the application changes afterwards changes nothing. Where it cannot be taken, explain says why.
  const taken = take(event, now);
  taken.catch(() => {});
  const findings = await sender.explain(event, to === undefined ? {} : { to });
  const kept = await taken;
  return findings
    .filter(({ sent }) => sent !== "never")
    .map(({ endpoint }) => ({ endpoint, event: kept, again: { attempt: 1, enqueuedAt: now } }));
}

async function take(event: WebhookEvent, now: number): Promise<DeliveryJob["event"]> {
  return { ...event, id: event.id ?? randomUUID(), time: event.time ?? now, data: toJson(event.data) };
}

/** A job's name in its engine, the same for the same event at the same endpoint. A UUID, version 8 of RFC 9562. */
export function jobId({ endpoint, event }: DeliveryJob): string {
  const hex = createHash("sha256").update(`${endpoint}\0${event.id}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Makes the job's next attempt, and disables an endpoint that says it is gone. What the engine does then is in the result. */
export async function attemptJob(sender: EngineSender, data: unknown): Promise<AttemptResult> {
  const { endpoint, event, again } = (data ?? {}) as DeliveryJob;
  let result: AttemptResult;
  try {
    result = await sender.attempt(endpoint, { ...event, data: parseLossless(event.data) }, again);
  } catch (error) {
    // Another worker may take it, or this one after its start.
    if (error instanceof ConfigurationError && error.code === "closed") {
      return { kind: "retry", after: CLOSED_PAUSE, again };
    }
    // Not a job of ours, or its endpoint is unknown here: waiting mends neither, a redrive of the dead letter does.
    const message = error instanceof ConfigurationError ? error.message : "The job's data is no event for an endpoint.";
    return { kind: "dead", reason: "permanent", message };
  }
  if (result.kind === "disable" && result.attempt !== undefined) {
    await sender.endpoints.disable(endpoint, result.reason);
  }
  return result;
}
