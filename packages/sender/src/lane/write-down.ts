import type { Clock } from "@countersign/core";
import type { Announcer } from "../hooks.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { type ClaimedItem, type Finished, type Progress, type Result, remember } from "../outbox/parts.ts";
import type { Placed, Placing } from "../outbox/placing.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** What outcomes are written down with. */
export interface WriteDownTools {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** The time that is shown. */
  readonly wall: Clock;
  readonly announcer: Announcer;
  /** `true` once the sender cuts what is under way: a failure is then no attempt. */
  readonly cutting: () => boolean;
  /** Whether anybody waits for the item's end. */
  readonly followed: (item: string) => boolean;
  /** Told of each item that has reached its end. */
  readonly ended: (item: ClaimedItem, outcome: Outcome) => void;
  /** The events that follow from an event that is given up. */
  readonly raise: (item: ClaimedItem, reason: string, attempts: number) => Promise<readonly Placing[]>;
  /** Told where those went. */
  readonly raised: (placing: Placing, placed: readonly Placed[]) => void;
}

/** What was decided about an item. */
export interface Decision {
  readonly item: ClaimedItem;
  /** `back`: it was not tried, and waits again as it did before, due at once. */
  readonly plan: Plan | { readonly kind: "back" };
  /** The attempt on which it rests. */
  readonly record?: AttemptRecord | undefined;
  readonly progress?: Progress | undefined;
}

/** Waits before an outbox that failed is asked again, in milliseconds: together less than a lease outlasts a request. */
const PAUSES = [100, 400, 1_600, 6_400, 25_600];
/** So many of them while the sender closes. */
const CLOSING_PAUSES = 3;

/** Writes down in the outbox, in one go, what became of claimed items; then tells hooks and handles. */
export async function writeDown(decisions: readonly Decision[], tools: WriteDownTools): Promise<void> {
  if (decisions.length === 0) return;
  const carried = decisions.map((decision) => (tools.cutting() ? unlessCut(decision) : decision));
  const histories = await historiesOf(carried, tools);
  const results: Result[] = [];
  for (const decision of carried) results.push(await resultOf(decision, tools));
  const answers = await finish(results, carried, tools);
  for (const [index, decision] of carried.entries()) {
    const answer = answers[index];
    if (answer?.held) tell(decision, results[index] as Result, answer, histories[index] ?? [], tools);
  }
}

/** Items that were not tried wait again as they did before, due at once. */
export function giveBack(
  items: readonly ClaimedItem[],
  tools: WriteDownTools,
  progress?: Progress | undefined,
): Promise<void> {
  return writeDown(
    items.map((item) => ({ item, plan: { kind: "back" }, progress: progress ?? item.progress })),
    tools,
  );
}

function unlessCut({ item, plan, record, progress }: Decision): Decision {
  return plan.kind === "done" ? { item, plan, record, progress } : { item, plan: { kind: "back" }, progress };
}

/** The attempts of those items that somebody waits for. */
async function historiesOf(decisions: readonly Decision[], { outbox, followed }: WriteDownTools) {
  const histories: (readonly AttemptRecord[])[] = [];
  for (const { item, plan } of decisions) {
    const ends = plan.kind === "done" || plan.kind === "dead" || plan.kind === "discard";
    // Only to be shown: an outbox that does not answer keeps nothing from being written down.
    const known = ends && item.attempts > 0 && followed(item.id) ? outbox.attempts(item.id).catch(() => []) : [];
    histories.push(await known);
  }
  return histories;
}

async function resultOf({ item, plan, record, progress }: Decision, { raise }: WriteDownTools): Promise<Result> {
  const { id, token } = item;
  const ref = record === undefined ? { id, token } : { id, token, attempt: record };
  const part = progress === undefined ? {} : { progress };
  switch (plan.kind) {
    case "done":
    case "discard":
      return { ...ref, kind: plan.kind };
    case "dead": {
      const { reason, message } = plan;
      const raised = await raise(item, reason, countOf(item, record));
      return { ...ref, kind: "bury", reason, message, ...(raised.length === 0 ? {} : { raised }) };
    }
    case "retry":
      return { ...ref, kind: "retry", delay: plan.delay, ...part };
    case "keep":
      return { ...ref, kind: "retry", delay: 0, ...part };
    case "back":
      return { id, token, kind: "retry", delay: 0, ...part };
  }
}

/** Asked again while it fails: what was written the first time is written no second time, and the answer is the same. */
async function finish(
  results: readonly Result[],
  decisions: readonly Decision[],
  { outbox, announcer, clock, cutting }: WriteDownTools,
): Promise<readonly Finished[]> {
  const endpoint = (decisions[0] as Decision).item.endpoint;
  for (let failures = 0; ; failures += 1) {
    try {
      return await outbox.finish(results);
    } catch (error) {
      announcer.tell("failure", () => ({ endpoint, where: "outbox", error }));
    }
    const pause = PAUSES[failures];
    if (pause === undefined || (cutting() && failures >= CLOSING_PAUSES)) return [];
    await new Promise<void>((resolve) => clock.setTimeout(resolve, pause));
  }
}

function tell(
  { item, plan, record }: Decision,
  result: Result,
  { cancelled, raised = [] }: Finished,
  before: readonly AttemptRecord[],
  tools: WriteDownTools,
): void {
  const { announcer, wall } = tools;
  const attempts = countOf(item, record);
  const subject = { endpoint: item.endpoint, item: item.id, event: { id: item.event.id, type: item.event.type } };
  const history = record === undefined ? before : remember(before, record);
  const how = cancelled ? ({ status: "cancelled" } as const) : endOf(plan);
  if (how?.status === "delivered") announcer.tell("delivered", () => ({ ...subject, attempts }));
  if (plan.kind === "retry" && !cancelled) {
    announcer.tell("retry", () => ({ ...subject, attempts, at: wall.now() + plan.delay }));
  }
  if (plan.kind === "discard") announcer.tell("discarded", () => ({ ...subject, attempts, message: plan.message }));
  if (plan.kind === "dead") {
    const { reason, message } = plan;
    announcer.tell("dead", () => ({ ...subject, attempts, reason, message }));
    const placings = result.kind === "bury" ? (result.raised ?? []) : [];
    for (const [index, placing] of placings.entries()) tools.raised(placing, raised[index] ?? []);
  }
  if (how !== undefined) tools.ended(item, { endpoint: item.endpoint, ...how, attempts, history });
}

/** The end that a plan is, where it is one. */
function endOf(plan: Decision["plan"]): Pick<Outcome, "status" | "reason"> | undefined {
  if (plan.kind === "done") return { status: "delivered" };
  if (plan.kind === "discard") return { status: "discarded" };
  return plan.kind === "dead" ? { status: "dead", reason: plan.reason } : undefined;
}

function countOf({ attempts }: ClaimedItem, record: AttemptRecord | undefined): number {
  return attempts + (record === undefined ? 0 : 1);
}
