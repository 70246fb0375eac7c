import { ConfigurationError } from "../errors/errors.ts";
import { type ClockOption, resolveClock } from "../time/clock.ts";
import type { ReplayStore } from "./store.ts";

interface Held {
  readonly token: string;
  expires: number;
}

/** How many keys one process remembers, and by which clock they expire. */
export interface MemoryReplayStoreOptions {
  /** How many live keys it holds at most; default 100,000, about 15 MB. Full means that claims are refused. */
  readonly max?: number;
  /** Decides when keys expire; default the system's. */
  readonly clock?: ClockOption;
}

/**
 * A replay store in the memory of one process: right for one process, and for tests. It forgets everything when the
 * process ends, and knows nothing of a second one: use the Redis or PostgreSQL store there.
 *
 * It is bounded, and when it is full it refuses (503, so that the provider tries again) rather than forget a live key.
 *
 * @throws ConfigurationError when `max` is not a positive integer
 * @example
 * ```ts
 * import { createVerifier, memoryReplayStore } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 *
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", replay: memoryReplayStore({ max: 10_000 }) });
 * ```
 */
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): ReplayStore & {
  /** How many keys are held just now, expired ones that no claim has swept yet included. */
  readonly size: number;
} {
  const { max = 100_000 } = options;
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new ConfigurationError("max", "max must be a positive integer: the number of keys that may be held at once.");
  }
  const clock = resolveClock(options.clock);
  // Apart, because all that a busy process keeps is done: a name and a small number, nothing for the collector to trace.
  const claimed = new Map<string, Held>();
  const done = new Map<string, number>();
  const sweepClaimed = sweeper(claimed, ({ expires }) => expires);
  const sweepDone = sweeper(done, (expires) => expires);
  // Counted from the first, times fit into the integers that engines keep without a box.
  let start: number | undefined;
  const elapsed = (): number => {
    const now = clock.now();
    start ??= now;
    return now - start;
  };
  let fullUntil = Number.NEGATIVE_INFINITY;

  /** True when there is room. A full store is searched once, then not again before its next entry expires. */
  function makeRoom(now: number): boolean {
    if (claimed.size + done.size < max) return true;
    if (now < fullUntil) return false;
    const next = Math.min(sweepClaimed.all(now), sweepDone.all(now));
    if (claimed.size + done.size < max) return true;
    fullUntil = next;
    return false;
  }

  /** Whose claim it is, or that it is done; undefined when the key is free. */
  function holder(key: string, now: number): string | typeof DONE | undefined {
    const until = done.get(key);
    if (until !== undefined) {
      if (until > now) return DONE;
      done.delete(key);
    }
    const held = claimed.get(key);
    return held !== undefined && held.expires > now ? held.token : undefined;
  }

  function hold(key: string, token: string, expires: number): void {
    claimed.set(key, { token, expires });
    sweepClaimed.added(expires);
  }

  return {
    get size() {
      return claimed.size + done.size;
    },
    claim(key, token, lease) {
      const now = elapsed();
      sweepClaimed.some(now);
      sweepDone.some(now);
      const held = holder(key, now);
      if (held === DONE) return "done";
      if (held !== undefined) return held === token ? "new" : "busy";
      if (!claimed.has(key) && !makeRoom(now)) return "full";
      hold(key, token, now + lease);
      return "new";
    },
    commit(key, token, ttl) {
      const now = elapsed();
      const held = holder(key, now);
      // A lease that ran out while nobody else took the key is still ours: the work was done, and is remembered.
      if (held !== undefined && held !== token) return false;
      claimed.delete(key);
      const expires = Math.ceil(now + ttl);
      done.set(key, expires);
      sweepDone.added(expires);
      return true;
    },
    release(key, token) {
      if (holder(key, elapsed()) !== token) return false;
      fullUntil = Number.NEGATIVE_INFINITY;
      return claimed.delete(key);
    },
    extend(key, token, lease) {
      const now = elapsed();
      const held = holder(key, now);
      if (held !== undefined && held !== token) return false;
      hold(key, token, now + lease);
      return true;
    },
  };
}

const DONE = Symbol("done");

/**
 * Takes what has expired out of a map: a few entries at a time, round and round, so that it never pauses for all of
 * them, and not at all before the first can have expired.
 */
function sweeper<Value>(map: Map<string, Value>, endOf: (value: Value) => number) {
  let soonest = Number.POSITIVE_INFINITY;
  let cursor: Iterator<[string, Value]> | undefined;

  /** Looks at so many entries from the cursor on. */
  function look(now: number, steps: number): void {
    for (let i = 0; i < steps; i++) {
      const next = (cursor as Iterator<[string, Value]>).next();
      if (next.done) {
        cursor = undefined;
        return;
      }
      const end = endOf(next.value[1]);
      if (end <= now) map.delete(next.value[0]);
      else if (end < soonest) soonest = end;
    }
  }
  function begin(): void {
    cursor = map.entries();
    soonest = Number.POSITIVE_INFINITY;
  }

  return {
    added(expires: number): void {
      if (expires < soonest) soonest = expires;
    },
    some(now: number): void {
      if (cursor === undefined) {
        if (now < soonest) return;
        begin();
      }
      look(now, 2);
    },
    /** Looks at everything; answers when the next entry expires. */
    all(now: number): number {
      begin();
      look(now, Number.POSITIVE_INFINITY);
      return soonest;
    },
  };
}
