import type { Endpoint } from "../endpoint/define.ts";
import type { ClaimedItem, Progress } from "../outbox/parts.ts";
import type { Random } from "../pace/schedule.ts";
import type { Transport } from "../transport/transport.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { DONE, type Plan, plan } from "./plan.ts";
import { needsRegrouping, regroup } from "./regroup.ts";
import { type SendResult, type SendSide, sendAll } from "./send.ts";
import { type Decision, giveBack, type WriteDownTools, writeDown } from "./write-down.ts";

/** What a batch is sent with. */
export interface BatchTools extends WriteDownTools {
  readonly transport: Transport;
  readonly random: Random;
}

/** What a batch tells its lane. */
export interface LaneSide extends SendSide {
  disable(reason: string): Promise<void>;
  /** Whether the endpoint is gone. */
  removed(): boolean;
}

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
  const came = await sendAll(items, since, endpoint, tools, lane);
  const { kind, last } = came;
  if (kind === "delivered" && last !== undefined) return writeDown(arrived(items, last), tools);
  const progress = progressOf(items, came);
  if (last === undefined || kind === "unmade") return giveBack(came.held, tools, progress);
  if (last.ruling.kind === "disable" && !lane.removed()) await lane.disable(last.ruling.reason);
  return writeDown(failed(items, since, last, progress, endpoint, tools), tools);
}

function arrived(items: readonly ClaimedItem[], { record }: AttemptOutcome): Decision[] {
  return items.map((item) => ({ item, plan: DONE, record, progress: undefined }));
}

function failed(
  items: readonly ClaimedItem[],
  since: number,
  last: AttemptOutcome,
  progress: Progress | undefined,
  endpoint: Endpoint,
  tools: BatchTools,
): Decision[] {
  // Items that share what has arrived already must come back together: the oldest decides for all.
  const shared = progress === undefined ? undefined : planFor(items[0] as ClaimedItem, since, last, endpoint, tools);
  const planOf = (item: ClaimedItem) => shared ?? planFor(item, since, last, endpoint, tools);
  return items.map((item) => ({ item, plan: planOf(item), record: last.record, progress }));
}

/** What of a batch has arrived, where that is some of several requests. */
function progressOf(items: readonly ClaimedItem[], { sent, of }: SendResult): Progress | undefined {
  return sent > 0 && of > 1 ? { items: items.map((item) => item.id), sent } : undefined;
}

/** What becomes of an item after its latest request. */
export function planFor(
  item: Pick<ClaimedItem, "attempts" | "age" | "tried">,
  since: number,
  last: AttemptOutcome,
  endpoint: Endpoint,
  { clock, wall, random }: Pick<BatchTools, "clock" | "wall" | "random">,
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
