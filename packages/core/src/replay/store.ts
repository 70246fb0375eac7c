import type { MaybePromise } from "../lib/promises.ts";

/** What became of a claim: it is ours now, somebody holds it, it was handled before, or the store has no room. */
export type ClaimState = "new" | "busy" | "done" | "full";

/**
 * A second name of what a key names: the digest of the signed content beside the delivery's id. Whoever hides or changes
 * one of the two is still known by the other.
 */
export interface Twin {
  /** Begins with the same `{…}` as the first key, for clusters. */
  readonly key: string;
  /** For how long the two are known to mean the same, in milliseconds. */
  readonly ttl: number;
}

/**
 * Remembers which deliveries were handled. Four operations, each atomic, each one round trip.
 *
 * A key is free, claimed or done, or it is another name of a key that is. `token` is the caller's own random string:
 * only who holds the claim can settle it. Keys are short printable ASCII; a key and its twin begin with the same
 * `{…}`, so that a cluster keeps them in one place. A store that fails throws or rejects; it never answers as if all
 * were well.
 *
 * A store that knows nothing of twins remembers each delivery by its first key alone.
 *
 * @example
 * ```ts
 * import { memoryReplayStore } from "@countersign/core";
 *
 * const store = memoryReplayStore();
 * await store.claim("id", "mine", 30_000, { key: "digest", ttl: 600_000 }); // "new"
 * await store.claim("digest", "yours", 30_000); // "busy": it is the same delivery
 * await store.commit("id", "mine", 600_000, { key: "digest", ttl: 600_000 }); // true
 * await store.claim("another id", "yours", 30_000, { key: "digest", ttl: 600_000 }); // "done"
 * await store.claim("another id", "yours", 30_000); // "done": what one of two names learns, the other is told
 * ```
 */
export interface ReplayOperations {
  /**
   * Takes a free key for `lease` milliseconds, after which it is free again unless it was settled or extended. The same
   * claim repeated by the same token is `"new"` again. With a twin the two are taken together: done if either is, busy
   * if either is, and from then on the other is a second name of the one that was known.
   */
  claim(key: string, token: string, lease: number, twin?: Twin): MaybePromise<ClaimState>;
  /**
   * Marks a key as done for `ttl` milliseconds, also when the claim has lapsed and the key is free. False when somebody
   * else holds or settled it. The twin goes on to mean the same for its own `ttl`.
   */
  commit(key: string, token: string, ttl: number, twin?: Twin): MaybePromise<boolean>;
  /** Frees a key, and with it its twin, at once. False when the claim is no longer the caller's. */
  release(key: string, token: string): MaybePromise<boolean>;
  /** Holds a claim for another `lease` milliseconds from now, also when it has lapsed and the key is free. False when somebody else holds or settled it. */
  extend(key: string, token: string, lease: number): MaybePromise<boolean>;
}

/**
 * Where a store carries the engine that asks it: who uses no store has no engine in the bundle. Registered, so that two
 * copies of this package understand each other's stores; a property of its own, so that a store can be spread into another.
 */
export const ENGINE: unique symbol = Symbol.for("countersign.replay") as never;

/** A replay store as a verifier takes it: made by a function of this package, or by `defineReplayStore()`. */
export interface ReplayStore extends ReplayOperations {
  /** The engine, which is this package's own business. */
  readonly [ENGINE]: unknown;
}

/** What a store knows of a key. */
export interface Inspection {
  /** Held by somebody who works on it, or handled. */
  readonly state: "claimed" | "done";
  /** When it was handled; of a claim, when it was last taken or extended. `undefined` where an older version wrote it. */
  readonly at: Date | undefined;
  /** When it is forgotten; of a claim, when its lease ends. */
  readonly until: Date;
  /** Of whoever claimed it: tells two claims apart. */
  readonly token: string;
}

/** A store that can be asked: what every store of this package is. Verifiers need only a {@link ReplayStore}. */
export interface InspectableReplayStore extends ReplayStore {
  /** What is known of a key, whichever of its two names is given; `undefined` when it is free. Changes nothing. */
  inspect(key: string): MaybePromise<Inspection | undefined>;
  /**
   * Frees a key and its other name, claimed or done, so that the next delivery is handled: for a deliberate rerun. A
   * handler that holds it is not stopped, but loses its claim. False when there was nothing to forget.
   */
  forget(key: string): MaybePromise<boolean>;
}
