import { defineReplayStore } from "./define.ts";
import type { ReplayStore } from "./store.ts";

/**
 * Moves a fleet from one replay store to another without a gap: to another server, another prefix or table, or another
 * form of the keys. Processes that were not restarted yet use `from` alone; those that were claim in both, `from` first,
 * so that one event is handled by one of them. When no process uses `from` alone any more, and `ttl` has passed since,
 * give `to` alone.
 *
 * Each operation takes two round trips. What fails in one of the two has failed.
 *
 * @example
 * ```ts
 * import { bridgeReplayStores, createVerifier, memoryReplayStore } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 *
 * const store = bridgeReplayStores({ from: memoryReplayStore(), to: memoryReplayStore() });
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", replay: { store, namespace: "tailnet" } });
 * ```
 */
export function bridgeReplayStores({ from, to }: ReplayStoreMove): ReplayStore {
  return defineReplayStore({
    async claim(key, token, lease, twin) {
      const older = await from.claim(key, token, lease, twin);
      if (older !== "new") return older;
      const newer = await to.claim(key, token, lease, twin);
      if (newer !== "new") await from.release(key, token);
      return newer;
    },
    commit: async (key, token, ttl, twin) =>
      (await from.commit(key, token, ttl, twin)) && (await to.commit(key, token, ttl, twin)),
    async release(key, token) {
      // The way back: whoever finds `from` free finds `to` free too.
      const newer = await to.release(key, token);
      return (await from.release(key, token)) && newer;
    },
    extend: async (key, token, lease) => (await from.extend(key, token, lease)) && (await to.extend(key, token, lease)),
  });
}

/** Where a fleet's keys are, and where they are to be. */
export interface ReplayStoreMove {
  /** What the processes that are not restarted yet use. */
  readonly from: ReplayStore;
  /** The new server, prefix, table or form of keys: what is used alone when the move is over. */
  readonly to: ReplayStore;
}
