import type { Clock } from "@countersign/core";
import type { Format } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import { plainEvent, restoreEvent } from "../event/stored-event.ts";
import type { Announcer } from "../hooks.ts";
import { type ClaimedItem, type Outbox, type Progress, remember } from "../outbox/outbox.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import type { Random } from "../pace/schedule.ts";
import type { Transport } from "../transport/transport.ts";
import { type AttemptOutcome, attempt } from "./attempt.ts";
import { batchId, steadyUuids } from "./identity.ts";
import type { Outcome } from "./outcome.ts";
import { type Plan, plan, tooOld } from "./plan.ts";
import { makeMessages } from "./requests.ts";

/** What a batch is sent with. */
export interface BatchTools {
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly announcer: Announcer;
  /** `true` once the sender cuts what is under way: a failure is then no attempt. */
  readonly cutting: () => boolean;
  /** Told of each item that has reached its end. */
  readonly ended: (item: ClaimedItem, outcome: Outcome) => void;
}

/** What a batch tells its lane. */
export interface LaneSide {
  /** Before each request. */
  begin(): Promise<void> | undefined;
  /** After each request: whether it says that the endpoint is ill, and for how long it asked to be left alone. */
  ended(failed: boolean, asked: number): void;
  disable(reason: string): Promise<void>;
}

/** A lease lasts longer than the request under it, by so much. */
const LEASE_MARGIN = 60_000;

/** Brings claimed items to their endpoint as one batch, and writes down what became of each. */
export async function deliver(
  claimed: readonly ClaimedItem[],
  endpoint: Endpoint,
  tools: BatchTools,
  lane: LaneSide,
): Promise<void> {
  let current = claimed;
  if (claimed.some((item) => item.progress !== undefined)) current = await together(claimed, endpoint, tools);
  if (endpoint.discardAfter !== Number.POSITIVE_INFINITY) current = await withoutOld(current, endpoint, tools);
  if (endpoint.format?.group !== undefined) current = await ofOneGroup(current, endpoint.format, tools);
  if (current.length === 0) return;
  const result = await sendAll(current, endpoint, tools, lane);
  const { last, sent, of } = result;
  if (result.kind === "delivered") {
    for (const item of current) await finish(item, last.record, tools);
    return;
  }
  if (last.ruling.kind === "disable") await lane.disable(last.ruling.reason);
  const progress: Progress | undefined =
    sent > 0 && of > 1 ? { items: current.map((item) => item.id), sent } : undefined;
  // Items that share what has arrived already must come back together: the oldest decides for all.
  const shared = progress === undefined ? undefined : planFor(current[0] as ClaimedItem, last, endpoint, tools);
  for (const item of current) {
    await carryOut(shared ?? planFor(item, last, endpoint, tools), item, last.record, progress, tools);
  }
}

/** An interrupted batch goes on with exactly its own items; others wait for the next. */
async function together(
  claimed: readonly ClaimedItem[],
  endpoint: Endpoint,
  { outbox, clock }: BatchTools,
): Promise<readonly ClaimedItem[]> {
  const interrupted = claimed.find((item) => item.progress !== undefined)?.progress as Progress;
  const members = new Set(interrupted.items);
  const now = clock.now();
  for (const item of claimed) if (!members.has(item.id)) await outbox.retry(item, { at: now });
  const here = claimed.filter((item) => members.has(item.id));
  const missing = interrupted.items.filter((id) => !here.some((item) => item.id === id));
  if (missing.length === 0) return inOrder(here, interrupted);
  const lease = endpoint.timeout + LEASE_MARGIN;
  const found = await outbox.claim({
    endpoint: endpoint.name,
    now,
    lease,
    limit: missing.length,
    order: "due",
    ids: missing,
  });
  if (found.length === missing.length) return inOrder([...here, ...found], interrupted);
  // Some were cancelled meanwhile: the requests are no longer the same, so what is left starts over.
  return [...here, ...found].map(({ progress: _progress, ...item }) => item);
}

function inOrder(items: readonly ClaimedItem[], { items: order }: Progress): readonly ClaimedItem[] {
  return [...items].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

async function withoutOld(
  items: readonly ClaimedItem[],
  endpoint: Endpoint,
  tools: BatchTools,
): Promise<readonly ClaimedItem[]> {
  const now = tools.clock.now();
  const old = items.filter((item) => tooOld(item.enqueuedAt, now, endpoint.discardAfter));
  for (const item of old) {
    await carryOut(
      { kind: "discard", message: "Discarded: older than discardAfter." },
      item,
      undefined,
      undefined,
      tools,
    );
  }
  return old.length === 0 ? items : items.filter((item) => !old.includes(item));
}

/** The items that may go with the first; the others go back, and are claimed next. */
async function ofOneGroup(
  items: readonly ClaimedItem[],
  format: Format,
  { outbox, clock }: BatchTools,
): Promise<readonly ClaimedItem[]> {
  const keys = items.map((item) => groupOf(item, format));
  const together = items.filter((_, index) => keys[index] === keys[0]);
  for (const item of items) if (!together.includes(item)) await outbox.retry(item, { at: clock.now() });
  return together;
}

/** A format that throws here throws when it builds the body as well, and the event ends there. */
function groupOf(item: ClaimedItem, format: Format): string {
  try {
    return format.group?.(plainEvent(restoreEvent(item.event))) ?? "";
  } catch {
    return `${item.id} has no group`;
  }
}

interface SendResult {
  readonly kind: "delivered" | "failed";
  readonly last: AttemptOutcome;
  /** Requests that were accepted so far, in earlier attempts too. */
  readonly sent: number;
  readonly of: number;
}

async function sendAll(
  items: readonly ClaimedItem[],
  endpoint: Endpoint,
  tools: BatchTools,
  lane: LaneSide,
): Promise<SendResult> {
  const head = items[0] as ClaimedItem;
  const number = head.attempts + 1;
  const start = head.progress?.sent ?? 0;
  const id = batchId(items);
  let messages: ReturnType<typeof makeMessages>;
  try {
    messages = makeMessages(
      endpoint,
      items.map((item) => restoreEvent(item.event)),
      steadyUuids(items),
    );
  } catch (error) {
    return { kind: "failed", last: bodyFailed(error, number, items.length, tools.clock.now()), sent: start, of: 0 };
  }
  const of = messages.length;
  if (of === 0) return { kind: "delivered", last: nothingToSend(number, items.length, tools.clock.now()), sent: 0, of };
  // A format whose messages became fewer (a new version) has nothing left that is certain not to have arrived.
  const first = start < of ? start : of - 1;
  let last: AttemptOutcome | undefined;
  for (let index = first; index < of; index += 1) {
    const room = lane.begin();
    if (room !== undefined) await room;
    if (index > first)
      for (const item of items) await tools.outbox.extend(item, tools.clock.now() + endpoint.timeout + LEASE_MARGIN);
    last = await attempt(
      {
        endpoint,
        message: messages[index] as (typeof messages)[number],
        id: of === 1 ? id : `${id}_${index}`,
        number,
        events: items.length,
        ...(of === 1 ? {} : { part: { index, of } }),
      },
      tools,
    );
    const { record, ruling } = last;
    lane.ended(ruling.kind === "retry" || ruling.kind === "disable", last.asked);
    tools.announcer.tell("attempt", () => ({
      endpoint: endpoint.name,
      items: items.map((item) => item.id),
      attempt: record,
    }));
    if (ruling.kind !== "success") return { kind: "failed", last, sent: index, of };
  }
  return { kind: "delivered", last: last as AttemptOutcome, sent: of, of };
}

function planFor(item: ClaimedItem, last: AttemptOutcome, endpoint: Endpoint, { clock, random }: BatchTools): Plan {
  return plan({
    ruling: last.ruling,
    attempts: item.attempts + 1,
    enqueuedAt: item.enqueuedAt,
    firstAttemptAt: item.firstAttemptAt ?? last.record.startedAt,
    now: clock.now(),
    asked: last.asked,
    schedule: endpoint.retry,
    discardAfter: endpoint.discardAfter,
    random,
  });
}

async function carryOut(
  what: Plan,
  item: ClaimedItem,
  record: AttemptRecord | undefined,
  progress: Progress | undefined,
  tools: BatchTools,
): Promise<void> {
  const { outbox, clock, announcer, ended } = tools;
  const now = clock.now();
  const withProgress = progress === undefined ? {} : { progress };
  if (tools.cutting()) {
    await outbox.retry(item, { at: now, ...withProgress });
    return;
  }
  const attempts = item.attempts + (record === undefined ? 0 : 1);
  const history = record === undefined ? item.history : remember(item.history, record);
  const subject = () => ({
    endpoint: item.endpoint,
    item: item.id,
    event: { id: item.event.id, type: item.event.type },
  });
  const withAttempt = record === undefined ? {} : { attempt: record };
  switch (what.kind) {
    case "retry":
    case "keep": {
      const at = what.kind === "retry" ? what.at : now;
      if ((await outbox.retry(item, { at, ...withAttempt, ...withProgress })) && what.kind === "retry") {
        announcer.tell("retry", () => ({ ...subject(), attempts, at }));
      }
      return;
    }
    case "dead": {
      const { reason, message } = what;
      if (!(await outbox.bury(item, { reason, message, at: now }, record))) return;
      announcer.tell("dead", () => ({ ...subject(), attempts, reason, message }));
      ended(item, { endpoint: item.endpoint, status: "dead", reason, attempts, history });
      return;
    }
    case "discard": {
      if (!(await outbox.done(item, now))) return;
      announcer.tell("discarded", () => ({ ...subject(), attempts, message: what.message }));
      ended(item, { endpoint: item.endpoint, status: "discarded", attempts, history });
      return;
    }
    case "done":
      await finish(item, record as AttemptRecord, tools);
  }
}

async function finish(
  item: ClaimedItem,
  record: AttemptRecord,
  { outbox, clock, announcer, ended }: BatchTools,
): Promise<void> {
  if (!(await outbox.done(item, clock.now()))) return;
  const attempts = item.attempts + 1;
  announcer.tell("delivered", () => ({
    endpoint: item.endpoint,
    item: item.id,
    event: { id: item.event.id, type: item.event.type },
    attempts,
  }));
  ended(item, { endpoint: item.endpoint, status: "delivered", attempts, history: remember(item.history, record) });
}

/** A body that cannot be made will not be made the next time either. */
function bodyFailed(error: unknown, number: number, events: number, startedAt: number): AttemptOutcome {
  const message = `The body could not be made from the event (${error instanceof Error ? error.name : "an error"}).`;
  const timings = { total: 0 };
  return {
    ruling: { kind: "permanent", reason: message },
    result: { kind: "error", code: "body_failed", message, timings },
    record: { number, startedAt, timings, error: "body_failed", message, events },
    asked: 0,
  };
}

function nothingToSend(number: number, events: number, startedAt: number): AttemptOutcome {
  const timings = { total: 0 };
  return {
    ruling: { kind: "success" },
    result: { kind: "error", code: "body_failed", message: "The format made no message of the event.", timings },
    record: { number, startedAt, timings, events },
    asked: 0,
  };
}
