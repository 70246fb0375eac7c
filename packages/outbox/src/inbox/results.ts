import type { AttemptRecord, ClaimedItem, Result, Schedule } from "@countersign/sender";

/** What an attempt to handle a delivery came to. */
export interface Handled {
  /** When it began: milliseconds since the epoch. */
  readonly startedAt: number;
  /** What it failed with. Absent when it succeeded. */
  readonly failure?: { readonly error: unknown } | undefined;
  /** It was told to stop, or the handler was never called: that is no attempt. Milliseconds until it is tried anew. */
  readonly pause: number | undefined;
}

/** What is written down of it. */
export function resultOf(item: ClaimedItem, { startedAt, failure, pause }: Handled, retry: Schedule): Result {
  const { id, token } = item;
  const total = Math.max(0, Date.now() - startedAt);
  const number = item.attempts + 1;
  const record: AttemptRecord = { number, startedAt, timings: { total }, events: 1 };
  if (failure === undefined) return { id, token, kind: "done", attempt: record };
  const message = sentence(failure.error);
  const attempt: AttemptRecord = { ...record, error: "rejected", message };
  if (pause !== undefined) return { id, token, kind: "retry", delay: pause };
  const delay = retry.next(number, (item.tried ?? 0) + total, Math.random);
  if (delay !== undefined) return { id, token, kind: "retry", delay, attempt };
  return {
    id,
    token,
    kind: "bury",
    reason: "exhausted",
    message: `Given up after ${number} attempts. ${message}`,
    attempt,
  };
}

function sentence(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 1_000);
}
