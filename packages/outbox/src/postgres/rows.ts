import type { ClaimedItem, Finished, OutboxItem, Placed, Placing, Result } from "@countersign/sender";
import { digestOf, nameOf, readEvent, writeEvent } from "../rows/events.ts";

export type Asked = ReturnType<typeof toAsk>;
export type Written = ReturnType<typeof toWritten>;

/** A row as the functions give it: a list of columns. */
export type Row = readonly (string | number | boolean | null | readonly string[])[];

export function toAsk({ event, placements }: Placing) {
  return {
    name: nameOf(event),
    digest: digestOf(event),
    text: writeEvent(event),
    places: placements.map(({ endpoint, generation, delay = 0, order }) => [
      endpoint,
      generation,
      Math.ceil(delay),
      order === "fifo",
    ]),
  };
}

export function toPlaced(row: Row): Placed {
  const [endpoint, item, created, conflict, removed] = row as [string, string | null, boolean, boolean, boolean];
  if (removed) return { endpoint, item: "", created: false, removed };
  return created ? { endpoint, item: item ?? "", created } : { endpoint, item: item ?? "", created, conflict };
}

export function toWritten(result: Result) {
  const { id, token, kind, attempt } = result;
  const record =
    attempt === undefined ? {} : { record: JSON.stringify(attempt), total: Math.ceil(attempt.timings.total) };
  const written = { id, token, kind, ...record };
  if (result.kind === "bury") {
    const { reason, message, raised = [] } = result;
    // A message may quote what a receiver answered, and so what no database keeps.
    return { ...written, reason, message: JSON.stringify(message), raised: raised.map(toAsk) };
  }
  if (result.kind !== "retry") return written;
  const { delay, progress } = result;
  if (progress === undefined) return { ...written, delay: Math.ceil(delay) };
  const lead = progress.items.length < 2 ? null : progress.items[0];
  return { ...written, delay: Math.ceil(delay), lead, progress: JSON.stringify(progress) };
}

export function toFinished(id: string, row: Row | undefined): Finished {
  const [held = false, cancelled = false, raised] = (row ?? []) as [boolean?, boolean?, (Row[][] | null)?];
  return {
    id,
    held,
    ...(cancelled ? { cancelled } : {}),
    ...(raised ? { raised: raised.map((list) => list.map(toPlaced)) } : {}),
  };
}

export function toClaimed(row: Row): ClaimedItem {
  const [id, token, endpoint, generation, event, enqueued, age, tried, attempts, progress] = row as [
    string,
    number,
    string,
    number,
    string,
    number,
    number,
    number | null,
    number,
    string | null,
  ];
  return {
    ...toItem(id, endpoint, generation, event, enqueued, attempts, progress),
    token,
    age: Math.max(0, age),
    ...(tried === null ? {} : { tried: Math.max(0, tried) }),
  };
}

function toItem(
  id: string,
  endpoint: string,
  generation: number,
  event: string,
  enqueuedAt: number,
  attempts: number,
  progress: string | null,
): OutboxItem {
  const item = { id, endpoint, generation, event: readEvent(event), enqueuedAt, attempts };
  return progress === null ? item : { ...item, progress: JSON.parse(progress) };
}

export function toListed(row: Row) {
  const [id, endpoint, generation, event, enqueued, attempts, progress, , reason, message, ended, records] = row as [
    string,
    string,
    number,
    string,
    number,
    number,
    string | null,
    string,
    string | null,
    string | null,
    number | null,
    readonly string[] | null,
  ];
  const item = toItem(id, endpoint, generation, event, enqueued, attempts, progress);
  if (records === null) return item;
  const burial = { reason: reason ?? "", message: JSON.parse(message ?? '""'), at: ended ?? 0 };
  return { ...item, burial, history: records.map((record) => JSON.parse(record)) };
}

export function toLook(row: Row) {
  const [endpoint, due, generation, version, disabled, reason, changed, pausedFor, breaker, empty] = row as [
    string,
    number | null,
    number,
    number,
    boolean,
    string | null,
    number | null,
    number,
    boolean,
    boolean,
  ];
  const state = {
    generation,
    version,
    disabled,
    ...(reason === null ? {} : { reason }),
    ...(changed === null ? {} : { at: changed }),
    pausedFor,
    breaker,
  };
  return due === null || empty ? { endpoint, state } : { endpoint, state, due };
}

/** Whether a name can be one of ours: the others are asked for nowhere. */
export function isOurs(item: string): boolean {
  return /^\d{1,15}$/.test(item);
}
