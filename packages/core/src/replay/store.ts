/** What became of a claim: it is ours now, somebody holds it, it was handled before, or the store has no room. */
export type ClaimState = "new" | "busy" | "done" | "full";

/**
 * Remembers which deliveries were handled. Four operations, each atomic, each one round trip.
 *
 * A key is free, claimed or done. `token` is the caller's own random string: only who holds the claim can settle it.
 * Keys are short printable ASCII. A store that fails throws or rejects; it never answers as if all were well.
 *
 * @example
 * ```ts
 * import { memoryReplayStore, type ReplayStore } from "@countersign/core";
 *
 * const store: ReplayStore = memoryReplayStore();
 * await store.claim("key", "mine", 30_000); // "new"
 * await store.claim("key", "yours", 30_000); // "busy"
 * await store.commit("key", "mine", 600_000); // true
 * await store.claim("key", "yours", 30_000); // "done"
 * ```
 */
export interface ReplayStore {
  /** Takes a free key for `lease` milliseconds, after which it is free again unless it was settled or extended. The same claim repeated by the same token is `"new"` again. */
  claim(key: string, token: string, lease: number): ClaimState | Promise<ClaimState>;
  /** Marks a key as done for `ttl` milliseconds, also when the claim has lapsed and the key is free. False when somebody else holds or settled it. */
  commit(key: string, token: string, ttl: number): boolean | Promise<boolean>;
  /** Frees a key at once. False when the claim is no longer the caller's. */
  release(key: string, token: string): boolean | Promise<boolean>;
  /** Holds a claim for another `lease` milliseconds from now, also when it has lapsed and the key is free. False when somebody else holds or settled it. */
  extend(key: string, token: string, lease: number): boolean | Promise<boolean>;
}
