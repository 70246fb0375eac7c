import { type ClockOption, resolveClock } from "../clock.ts";
import { ConfigurationError } from "../errors.ts";
import type { ReplayStore } from "./store.ts";

interface Entry {
  /** Undefined once the key is done. */
  token: string | undefined;
  expires: number;
}

export interface MemoryReplayStoreOptions {
  /** How many live keys it holds at most; default 100,000, about 20 MB. Full means that claims are refused. */
  readonly max?: number;
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
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): ReplayStore & { readonly size: number } {
  const { max = 100_000 } = options;
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new ConfigurationError("max", "max must be a positive integer: the number of keys that may be held at once.");
  }
  const clock = resolveClock(options.clock);
  const entries = new Map<string, Entry>();
  let cursor = entries.entries();
  let fullUntil = Number.NEGATIVE_INFINITY;

  /** Looks at a few entries a claim, round and round, so that expired ones go without a pause for all of them. */
  function sweep(now: number, steps: number): void {
    for (let i = 0; i < steps; i++) {
      const next = cursor.next();
      if (next.done) {
        cursor = entries.entries();
        return;
      }
      if (next.value[1].expires <= now) entries.delete(next.value[0]);
    }
  }

  /** True when there is room. A full store is searched once, then not again before its next entry expires. */
  function makeRoom(now: number): boolean {
    if (entries.size < max) return true;
    if (now < fullUntil) return false;
    let next = Number.POSITIVE_INFINITY;
    for (const [key, entry] of entries) {
      if (entry.expires <= now) entries.delete(key);
      else if (entry.expires < next) next = entry.expires;
    }
    if (entries.size < max) return true;
    fullUntil = next;
    return false;
  }

  /** The live entry, unless it is somebody else's claim or none. */
  function mine(key: string, token: string): Entry | undefined {
    const entry = entries.get(key);
    return entry !== undefined && entry.token === token && entry.expires > clock.now() ? entry : undefined;
  }

  return {
    get size() {
      return entries.size;
    },
    claim(key, token, lease) {
      const now = clock.now();
      sweep(now, 2);
      const entry = entries.get(key);
      if (entry !== undefined && entry.expires > now) {
        if (entry.token === token) return "new";
        return entry.token === undefined ? "done" : "busy";
      }
      if (entry === undefined && !makeRoom(now)) return "full";
      entries.set(key, { token, expires: now + lease });
      return "new";
    },
    commit(key, token, ttl) {
      const now = clock.now();
      const entry = entries.get(key);
      // A lease that ran out while nobody else took the key is still ours: the work was done, and is remembered.
      if (entry !== undefined && entry.token !== token && entry.expires > now) return false;
      entries.set(key, { token: undefined, expires: now + ttl });
      return true;
    },
    release(key, token) {
      if (mine(key, token) === undefined) return false;
      fullUntil = Number.NEGATIVE_INFINITY;
      return entries.delete(key);
    },
    extend(key, token, lease) {
      const now = clock.now();
      const entry = entries.get(key);
      if (entry !== undefined && entry.token !== token && entry.expires > now) return false;
      entries.set(key, { token, expires: now + lease });
      return true;
    },
  };
}
