import type { Duration } from "@countersign/core";
import { ConfigurationError, parseDuration } from "@countersign/core";
import { checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { Endpoint } from "../endpoint/define.ts";
import type { StoredEvent } from "../event/stored-event.ts";
import { restoreEvent } from "../event/stored-event.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import type { Random } from "../pace/schedule.ts";
import { type AttemptOutcome, type AttemptTools, attempt } from "./attempt.ts";
import { batchId, steadyUuids } from "./identity.ts";
import { plan } from "./plan.ts";
import { makeMessages } from "./requests.ts";

/** Options of {@link Sender.attempt}: what the job engine knows of the job. */
export interface OneAttemptOptions {
  /** Which attempt it is: 1 for the first. @default 1 */
  readonly attempt?: number;
  /** How long ago the first attempt began: for schedules that end after a time. @default 0 */
  readonly tried?: Duration;
  /** How long ago the event was sent: for `discardAfter`. Default: as `tried`. */
  readonly age?: Duration;
}

/** How one attempt ended, and what the job engine is to do next. */
export interface OneAttempt {
  /**
   * - `"delivered"`: the job is done;
   * - `"retry"`: run it again after `delay`;
   * - `"dead"`: give it up; no further attempt would help, or the schedule has ended;
   * - `"disable"`: the receiver wants nothing more (a 410): keep the job, and stop the endpoint's others;
   * - `"discard"`: too old for another attempt.
   */
  readonly next: "delivered" | "retry" | "dead" | "disable" | "discard";
  /** Milliseconds until the next attempt, a `Retry-After` included; 0 unless `next` is `"retry"`. */
  readonly delay: number;
  /** Why, in a sentence for a person; empty when it was delivered. */
  readonly reason: string;
  /** The requests that were made: several where the format makes several of one event. */
  readonly attempts: readonly AttemptRecord[];
}

const KEYS: KeysOf<OneAttemptOptions> = { attempt: "optional", tried: "optional", age: "optional" };

/** What it acts through. */
export interface OneAttemptTools extends AttemptTools {
  readonly random: Random;
}

/** One attempt for an engine that keeps the event itself: signed and guarded as any other, outside lanes and outbox. */
export async function attemptOnce(
  endpoint: Endpoint,
  event: StoredEvent,
  options: OneAttemptOptions,
  tools: OneAttemptTools,
): Promise<OneAttempt> {
  checkOptions(options, KEYS, "attempt");
  if (event.generated) {
    throw new ConfigurationError(
      "event.id",
      "event.id is needed for an attempt: each one of the same event is signed under the same id. Give the job's.",
    );
  }
  const number = checkInteger(options.attempt ?? 1, "attempt.attempt", 1);
  const tried = parseDuration(options.tried ?? 0, "attempt.tried");
  const age = parseDuration(options.age ?? tried, "attempt.age");
  const outcomes = await send(endpoint, event, number, tools);
  const records = outcomes.map(({ record }) => record);
  const last = outcomes.at(-1);
  if (last === undefined) return { next: "delivered", delay: 0, reason: "", attempts: records };
  const passed = tools.clock.now() - (records[0] as AttemptRecord).startedAt;
  const decided = plan({
    ruling: last.ruling,
    attempts: number,
    age: age + passed,
    tried: tried + passed,
    asked: last.asked,
    schedule: endpoint.retry,
    discardAfter: endpoint.discardAfter,
    random: tools.random,
  });
  const reason = last.ruling.kind === "success" ? "" : endpoint.mask(last.ruling.reason);
  switch (decided.kind) {
    case "done":
      return { next: "delivered", delay: 0, reason, attempts: records };
    case "retry":
      return { next: "retry", delay: decided.delay, reason, attempts: records };
    case "keep":
      return { next: "disable", delay: 0, reason, attempts: records };
    default:
      return { next: decided.kind, delay: 0, reason: endpoint.mask(decided.message), attempts: records };
  }
}

/** Stops at the first request that is not accepted. */
async function send(
  endpoint: Endpoint,
  event: StoredEvent,
  number: number,
  tools: AttemptTools,
): Promise<readonly AttemptOutcome[]> {
  const items = [{ endpoint: endpoint.name, event }];
  const messages = makeMessages(endpoint, [restoreEvent(event)], steadyUuids(items));
  const of = messages.length;
  const outcomes: AttemptOutcome[] = [];
  for (const [index, message] of messages.entries()) {
    const id = of === 1 ? batchId(items) : `${batchId(items)}_${index}`;
    const part = of === 1 ? {} : { part: { index, of } };
    const outcome = await attempt({ endpoint, message, id, number, events: 1, ...part }, tools);
    outcomes.push(outcome);
    if (outcome.ruling.kind !== "success") break;
  }
  return outcomes;
}
