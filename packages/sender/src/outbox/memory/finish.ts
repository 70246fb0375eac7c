import { type ClaimRef, type Finished, type Result, remember } from "../parts.ts";
import type { AttemptRecord } from "../record.ts";
import { place } from "./enqueue.ts";
import { type Entry, numberOf } from "./items.ts";
import type { Kept } from "./kept.ts";

/** Writes down what became of claimed items. */
export function finish(kept: Kept, results: readonly Result[]): readonly Finished[] {
  return results.map((result) => {
    const entry = kept.held(result);
    return entry === undefined ? { id: result.id, held: wasApplied(kept, result) } : apply(kept, result, entry);
  });
}

/** Whether the same was asked before, and has been done. */
function wasApplied({ entries, ended }: Kept, { id, token }: ClaimRef): boolean {
  return (entries.get(id)?.token ?? ended.get(numberOf(id))?.token) === token;
}

function apply(kept: Kept, result: Result, entry: Entry): Finished {
  const { id, kind, attempt } = result;
  const queue = kept.queue(entry.endpoint);
  switch (kind) {
    case "done":
    case "discard":
      // Its attempts are counted, but not kept: the entry goes.
      if (attempt !== undefined) entry.attempts += 1;
      kept.end(queue, entry, kind === "done" ? "delivered" : "discarded");
      return { id, held: true };
    case "retry":
      record(entry, attempt, kept.now());
      if (entry.generation !== queue.state.generation) {
        kept.end(queue, entry, "cancelled");
        return { id, held: true, cancelled: true };
      }
      entry.progress = result.progress;
      queue.putBack(entry, kept.now() + result.delay);
      return { id, held: true };
    case "bury": {
      const { reason, message, raised = [] } = result;
      const at = kept.now();
      record(entry, attempt, at);
      entry.burial = { reason, message, at, sequence: kept.next() };
      kept.bury(queue, entry);
      return { id, held: true, raised: place(kept, raised) };
    }
  }
}

function record(entry: Entry, attempt: AttemptRecord | undefined, now: number): void {
  if (attempt === undefined) return;
  entry.attempts += 1;
  entry.firstAttemptAt ??= now - attempt.timings.total;
  entry.history = remember(entry.history, attempt);
}
