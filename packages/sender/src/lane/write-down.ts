import type { Clock } from "@countersign/core";
import type { MaybePromise } from "@countersign/core/adapter";
import type { Announcer } from "../hooks.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { type ClaimedItem, type Finished, type Progress, type Result, remember } from "../outbox/parts.ts";
import type { Placed, Placing } from "../outbox/placing.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import type { Ledger } from "./ledger.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** What outcomes are written down with. */
export interface WriteDownTools {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
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
  const carried = tools.cutting() ? decisions.map(unlessCut) : decisions;
  const histories = carried.some((one) => needsHistory(one, tools)) ? await historiesOf(carried, tools) : NO_HISTORIES;
  const results: Result[] = [];
  for (const decision of carried) {
    const result = resultOf(decision, tools);
    results.push(result instanceof Promise ? await result : result);
  }
  let answers: readonly Finished[];
  try {
    answers = await tools.ledger.finish(results);
  } catch (error) {
    answers = await finishAgain(error, results, carried, tools);
  }
  for (let index = 0; index < carried.length; index += 1) {
    const answer = answers[index];
    if (answer === undefined || !answer.held) continue;
    tell(carried[index] as Decision, results[index] as Result, answer, histories[index] ?? NO_HISTORY, tools);
  }
}

const NO_HISTORY: readonly AttemptRecord[] = [];
const NO_HISTORIES: readonly (readonly AttemptRecord[])[] = [];

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

/** Whether somebody waits for the item, which ends now and was tried before. */
function needsHistory({ item, plan }: Decision, { followed }: WriteDownTools): boolean {
  const ends = plan.kind === "done" || plan.kind === "dead" || plan.kind === "discard";
  return ends && item.attempts > 0 && followed(item.id);
}

/** The attempts of those items. */
async function historiesOf(decisions: readonly Decision[], tools: WriteDownTools) {
  const histories: (readonly AttemptRecord[])[] = [];
  for (const decision of decisions) {
    // Only to be shown: an outbox that does not answer keeps nothing from being written down.
    const known = needsHistory(decision, tools) ? tools.outbox.attempts(decision.item.id).catch(() => []) : NO_HISTORY;
    histories.push(await known);
  }
  return histories;
}

function resultOf(decision: Decision, { raise }: WriteDownTools): MaybePromise<Result> {
  const { item, plan, record, progress } = decision;
  const { id, token } = item;
  switch (plan.kind) {
    case "done":
    case "discard": {
      const { kind } = plan;
      return record === undefined ? { id, token, kind } : { id, token, attempt: record, kind };
    }
    case "dead": {
      const { reason, message } = plan;
      const bury = { ...refOf(decision), kind: "bury", reason, message } as const;
      return raise(item, reason, countOf(item, record)).then((raised) =>
        raised.length === 0 ? bury : { ...bury, raised },
      );
    }
    case "retry":
    case "keep":
      return { ...refOf(decision), kind: "retry", delay: plan.kind === "retry" ? plan.delay : 0, ...partOf(progress) };
    case "back":
      return { id, token, kind: "retry", delay: 0, ...partOf(progress) };
  }
}

function refOf({ item: { id, token }, record }: Decision) {
  return record === undefined ? { id, token } : { id, token, attempt: record };
}

function partOf(progress: Progress | undefined) {
  return progress === undefined ? {} : { progress };
}

/** Asked again while it fails: what was written the first time is written no second time, and the answer is the same. */
async function finishAgain(
  error: unknown,
  results: readonly Result[],
  decisions: readonly Decision[],
  { ledger, announcer, clock, cutting }: WriteDownTools,
): Promise<readonly Finished[]> {
  const { endpoint } = (decisions[0] as Decision).item;
  let latest = error;
  for (let failures = 0; ; failures += 1) {
    announcer.tell("failure", () => ({ endpoint, where: "outbox", error: latest }));
    const pause = PAUSES[failures];
    if (pause === undefined || (cutting() && failures >= CLOSING_PAUSES)) return [];
    await new Promise<void>((resolve) => clock.setTimeout(resolve, pause));
    try {
      return await ledger.finish(results);
    } catch (again) {
      latest = again;
    }
  }
}

function tell(
  decision: Decision,
  result: Result,
  answer: Finished,
  before: readonly AttemptRecord[],
  tools: WriteDownTools,
): void {
  const { item, plan, record } = decision;
  const attempts = countOf(item, record);
  const how = answer.cancelled ? CANCELLED : endOf(plan);
  if (!answer.cancelled) tellHooks(decision, attempts, tools);
  if (plan.kind === "dead" && result.kind === "bury") {
    const { raised = [] } = answer;
    for (const [index, placing] of (result.raised ?? []).entries()) tools.raised(placing, raised[index] ?? []);
  }
  if (how === undefined) return;
  const history = record === undefined ? before : remember(before, record);
  tools.ended(item, { endpoint: item.endpoint, ...how, attempts, history });
}

function tellHooks({ item, plan }: Decision, attempts: number, { announcer, wall }: WriteDownTools): void {
  const { kind } = plan;
  if (kind === "keep" || kind === "back" || !announcer.hears(HOOKS[kind])) return;
  const { endpoint, id, event } = item;
  const subject = { endpoint, item: id, event: { id: event.id, type: event.type }, attempts };
  if (plan.kind === "done") announcer.tell("delivered", () => subject);
  else if (plan.kind === "retry") announcer.tell("retry", () => ({ ...subject, at: wall.now() + plan.delay }));
  else if (plan.kind === "discard") announcer.tell("discarded", () => ({ ...subject, message: plan.message }));
  else if (plan.kind === "dead") {
    announcer.tell("dead", () => ({ ...subject, reason: plan.reason, message: plan.message }));
  }
}

/** Which hook is told of what was decided. */
const HOOKS = { done: "delivered", retry: "retry", discard: "discarded", dead: "dead" } as const;

const CANCELLED = { status: "cancelled" } as const;
const DELIVERED = { status: "delivered" } as const;

/** The end that a plan is, where it is one. */
function endOf(plan: Decision["plan"]): Pick<Outcome, "status" | "reason"> | undefined {
  if (plan.kind === "done") return DELIVERED;
  if (plan.kind === "discard") return { status: "discarded" };
  return plan.kind === "dead" ? { status: "dead", reason: plan.reason } : undefined;
}

function countOf({ attempts }: ClaimedItem, record: AttemptRecord | undefined): number {
  return attempts + (record === undefined ? 0 : 1);
}
