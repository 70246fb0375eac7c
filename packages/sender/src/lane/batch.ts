import type { Endpoint } from "../endpoint/define.ts";
import { restoreEvent } from "../event/stored-event.ts";
import type { ClaimedItem, Progress } from "../outbox/parts.ts";
import type { Random } from "../pace/schedule.ts";
import type { Transport } from "../transport/transport.ts";
import { type AttemptOutcome, attempt } from "./attempt.ts";
import { tellAttempting } from "./attempting.ts";
import { batchId, steadyUuids } from "./identity.ts";
import { type Plan, plan } from "./plan.ts";
import { LEASE_MARGIN, needsRegrouping, regroup } from "./regroup.ts";
import { makeMessages } from "./requests.ts";
import { giveBack, type WriteDownTools, writeDown } from "./write-down.ts";

/** What a batch is sent with. */
export interface BatchTools extends WriteDownTools {
  readonly transport: Transport;
  readonly random: Random;
}

/** What a batch tells its lane. */
export interface LaneSide {
  /** Before each request. */
  begin(): Promise<void> | undefined;
  /** After each request: whether it says that the endpoint is ill, and for how long it asked to be left alone. */
  ended(failed: boolean, asked: number): void;
  /** Instead, after a request that this machine had no means to make: how long to leave it alone. */
  unmade(pause: number): void;
  disable(reason: string): Promise<void>;
  /** Whether the endpoint is gone. */
  removed(): boolean;
}

/** A request that begins so long after its claim, as in a process that was frozen, makes sure of the claim first. */
const LATE = LEASE_MARGIN / 2;
/** How long an endpoint waits where this machine has no means to make a request, in milliseconds. */
const MACHINE_PAUSE = 1_000;

/**
 * Brings claimed items to their endpoint as one batch, and writes down what became of each.
 *
 * @param since when they were claimed, by `clock`
 */
export async function deliver(
  claimed: readonly ClaimedItem[],
  since: number,
  endpoint: Endpoint,
  tools: BatchTools,
  lane: LaneSide,
): Promise<void> {
  // The lane counts on it that a request begins, and takes its room, before it claims for the next one.
  const items = needsRegrouping(claimed, endpoint) ? await regroup(claimed, endpoint, tools) : claimed;
  if (items.length === 0) return;
  const { kind, last, sent, of, held } = await sendAll(items, since, endpoint, tools, lane);
  if (last === undefined || kind === "unmade") return giveBack(held, tools, progressOf(items, sent, of));
  if (kind === "delivered") {
    return writeDown(
      items.map((item) => ({ item, plan: { kind: "done" }, record: last.record })),
      tools,
    );
  }
  const progress = progressOf(items, sent, of);
  if (last.ruling.kind === "disable" && !lane.removed()) await lane.disable(last.ruling.reason);
  // Items that share what has arrived already must come back together: the oldest decides for all.
  const shared = progress === undefined ? undefined : planFor(items[0] as ClaimedItem, since, last, endpoint, tools);
  const planOf = (item: ClaimedItem) => shared ?? planFor(item, since, last, endpoint, tools);
  return writeDown(
    items.map((item) => ({ item, plan: planOf(item), record: last.record, progress })),
    tools,
  );
}

/** What of a batch has arrived, where that is some of several requests. */
function progressOf(items: readonly ClaimedItem[], sent: number, of: number): Progress | undefined {
  return sent > 0 && of > 1 ? { items: items.map((item) => item.id), sent } : undefined;
}

interface SendResult {
  /** `"lost"`: another has taken some of it, so that this one stops. */
  readonly kind: "delivered" | "failed" | "unmade" | "lost";
  /** The latest request. Absent where none was made. */
  readonly last?: AttemptOutcome;
  /** What is still ours. */
  readonly held: readonly ClaimedItem[];
  /** Requests that were accepted so far, in earlier attempts too. */
  readonly sent: number;
  readonly of: number;
}

async function sendAll(
  items: readonly ClaimedItem[],
  since: number,
  endpoint: Endpoint,
  tools: BatchTools,
  lane: LaneSide,
): Promise<SendResult> {
  const held = items;
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
    const last = bodyFailed(error, number, items.length, tools.wall.now());
    return { kind: "failed", last, sent: start, of: 0, held };
  }
  const of = messages.length;
  if (of === 0) {
    return { kind: "delivered", last: nothingToSend(number, items.length, tools.wall.now()), sent: 0, of, held };
  }
  // A format whose messages became fewer (a new version) has nothing left that is certain not to have arrived.
  const first = start < of ? start : of - 1;
  let last: AttemptOutcome | undefined;
  for (let index = first; index < of; index += 1) {
    const room = lane.begin();
    if (room !== undefined) await room;
    if (index > first || tools.clock.now() - since > LATE) {
      const still = await tools.outbox.extend(items, endpoint.timeout + LEASE_MARGIN);
      if (still.length < items.length) {
        const held = items.filter(({ id }) => still.some((one) => one.id === id));
        lane.unmade(0);
        return { kind: "lost", sent: index, of, held };
      }
    }
    const followed = tellAttempting(items, number, endpoint, tools.announcer);
    last = await attempt(
      {
        endpoint,
        message: messages[index] as (typeof messages)[number],
        id: of === 1 ? id : `${id}_${index}`,
        number,
        events: items.length,
        ...(of === 1 ? {} : { part: { index, of } }),
        ...(followed.added === undefined ? {} : { added: followed.added }),
      },
      { transport: tools.transport, clock: tools.wall },
    );
    const { record, ruling, result } = last;
    followed.end(record);
    if (result.kind === "error" && result.code === "out_of_resources") {
      lane.unmade(MACHINE_PAUSE);
      const error = new Error(result.message);
      tools.announcer.tell("failure", () => ({ endpoint: endpoint.name, where: "machine", error }));
      return { kind: "unmade", last, sent: index, of, held };
    }
    lane.ended(ruling.kind === "retry" || ruling.kind === "disable", last.asked);
    tools.announcer.tell("attempt", () => ({
      endpoint: endpoint.name,
      items: items.map((item) => item.id),
      attempt: record,
    }));
    if (ruling.kind !== "success") return { kind: "failed", last, sent: index, of, held };
  }
  return { kind: "delivered", last: last as AttemptOutcome, sent: of, of, held };
}

function planFor(
  item: ClaimedItem,
  since: number,
  last: AttemptOutcome,
  endpoint: Endpoint,
  { clock, wall, random }: BatchTools,
): Plan {
  const passed = clock.now() - since;
  return plan({
    ruling: last.ruling,
    attempts: item.attempts + 1,
    age: item.age + passed,
    tried: item.tried === undefined ? wall.now() - last.record.startedAt : item.tried + passed,
    asked: last.asked,
    schedule: endpoint.retry,
    discardAfter: endpoint.discardAfter,
    random,
  });
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
