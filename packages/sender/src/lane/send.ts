import type { Endpoint } from "../endpoint/define.ts";
import { type OutgoingEvent, restoreEvent } from "../event/stored-event.ts";
import type { ClaimedItem, ClaimRef } from "../outbox/parts.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import { type AttemptOutcome, type AttemptTools, attempt } from "./attempt.ts";
import { tellAttempting } from "./attempting.ts";
import { batchId, steadyUuids } from "./identity.ts";
import { LEASE_MARGIN } from "./regroup.ts";
import { makeMessages } from "./requests.ts";
import type { WriteDownTools } from "./write-down.ts";

/** What requests are sent with. */
export interface SendTools extends Pick<WriteDownTools, "clock" | "wall" | "announcer"> {
  readonly transport: AttemptTools["transport"];
  /** Who says which claims are still held. */
  readonly outbox: {
    extend(claims: readonly ClaimRef[], lease: number): Promise<readonly ClaimRef[]>;
    readonly heartbeat?: number;
  };
}

/** Who is told of each request. */
export interface SendSide {
  /** Before each request. */
  begin(): Promise<void> | undefined;
  /** After each request: whether it says that the endpoint is ill, and for how long it asked to be left alone. */
  ended(failed: boolean, asked: number): void;
  /** Instead, after a request that this machine had no means to make: how long to leave it alone. */
  unmade(pause: number): void;
}

/** A request that begins so long after its claim, as in a process that was frozen, makes sure of the claim first. */
const LATE = LEASE_MARGIN / 2;
/** How long an endpoint waits where this machine has no means to make a request, in milliseconds. */
const MACHINE_PAUSE = 1_000;

/** How far it came. */
export interface SendResult {
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

/** Makes the requests of one batch, one after the other, and stops at the first that is not accepted. */
export async function sendAll(
  items: readonly ClaimedItem[],
  since: number,
  endpoint: Endpoint,
  tools: SendTools,
  lane: SendSide,
): Promise<SendResult> {
  const held = items;
  const head = items[0] as ClaimedItem;
  const number = head.attempts + 1;
  const start = head.progress?.sent ?? 0;
  const id = batchId(items);
  let messages: ReturnType<typeof makeMessages>;
  try {
    messages = makeMessages(endpoint, items.map(eventOf), steadyUuids(items));
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
    if (index > first || tools.clock.now() - since > (tools.outbox.heartbeat ?? LATE)) {
      const still = await stillHeld(items, endpoint, tools);
      if (still.length < items.length) {
        lane.unmade(0);
        return { kind: "lost", sent: index, of, held: still };
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
        part: of === 1 ? undefined : { index, of },
        added: followed.added,
      },
      tools.transport,
      tools.wall,
    );
    const { record, ruling, result } = last;
    followed.end(record);
    if (result.kind === "error" && result.code === "out_of_resources") {
      lane.unmade(MACHINE_PAUSE);
      tellMachine(endpoint, new Error(result.message), tools);
      return { kind: "unmade", last, sent: index, of, held };
    }
    lane.ended(ruling.kind === "retry" || ruling.kind === "disable", last.asked);
    if (tools.announcer.hears("attempt")) tellAttempt(items, endpoint, record, tools);
    if (ruling.kind !== "success") return { kind: "failed", last, sent: index, of, held };
  }
  return { kind: "delivered", last: last as AttemptOutcome, sent: of, of, held };
}

function eventOf({ event }: ClaimedItem): OutgoingEvent {
  return restoreEvent(event);
}

/** The items that are still ours, for another while. */
async function stillHeld(
  items: readonly ClaimedItem[],
  endpoint: Endpoint,
  { outbox }: SendTools,
): Promise<readonly ClaimedItem[]> {
  const still = await outbox.extend(items, endpoint.timeout + LEASE_MARGIN);
  return still.length === items.length ? items : items.filter(({ id }) => still.some((one) => one.id === id));
}

function tellAttempt(
  items: readonly ClaimedItem[],
  { name }: Endpoint,
  attempt: AttemptRecord,
  { announcer }: SendTools,
): void {
  announcer.tell("attempt", () => ({ endpoint: name, items: items.map((item) => item.id), attempt }));
}

function tellMachine({ name }: Endpoint, error: Error, { announcer }: SendTools): void {
  announcer.tell("failure", () => ({ endpoint: name, where: "machine", error }));
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
