import type { Endpoint } from "../endpoint/define.ts";
import type { OutgoingEvent } from "../event/stored-event.ts";
import type { SendFinding } from "../hooks.ts";

/** What would hold back an event now: times in milliseconds since the epoch, of which those gone by hold nothing. */
export interface Standing {
  /** Why nothing is sent there. */
  readonly disabled: string | undefined;
  readonly breaker: number;
  /** Until when the receiver asked to be left alone. */
  readonly asked: number;
  readonly rate: number;
  readonly window: number;
  /** When the first in the queue is tried again, where order is kept. */
  readonly head: number;
  readonly busy: boolean;
}

/** What holds back until a time, in the order in which it is told. */
const HOLDS: readonly [cause: string, until: Exclude<keyof Standing, "disabled" | "busy">, reason: string][] = [
  ["breaker", "breaker", "Its circuit breaker is open, because too many attempts failed."],
  ["retry-after", "asked", "The receiver asked to be left alone for a while."],
  ["rate", "rate", "Its rate has no room."],
  ["order", "head", "An event before it waits for its next attempt, and order is kept."],
  ["throttle", "window", "It waits for others, to go with them in one request."],
];

/** What an endpoint decides by. */
type Judge = Pick<Endpoint, "name" | "filter">;

/** Says what becomes of an event that is sent now. */
export function explain(judge: Judge, event: OutgoingEvent, standing: Standing, now: number): SendFinding {
  const unwanted = whyNot(judge, event);
  if (unwanted !== undefined) return unwanted;
  const endpoint = judge.name;
  if (standing.disabled !== undefined) {
    return { endpoint, sent: "later", cause: "disabled", reason: `It is disabled: ${standing.disabled}` };
  }
  for (const [cause, key, reason] of HOLDS) {
    const until = standing[key];
    if (until !== undefined && until > now) return { endpoint, sent: "later", cause, reason, until };
  }
  if (standing.busy) {
    return { endpoint, sent: "later", cause: "busy", reason: "As many requests are under way as may be at a time." };
  }
  return { endpoint, sent: "now", cause: "wanted", reason: "Its filter wants it, and nothing holds it back." };
}

/** Why an endpoint is never sent an event, if so. A filter that throws counts as "no". */
export function whyNot({ name: endpoint, filter }: Judge, event: OutgoingEvent): SendFinding | undefined {
  try {
    const unwanted = filter(event);
    return unwanted === undefined ? undefined : { endpoint, sent: "never", ...unwanted };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "filter.where threw.";
    return { endpoint, sent: "never", cause: "where", reason };
  }
}
