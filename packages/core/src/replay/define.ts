import { ConfigurationError } from "../errors/errors.ts";
import type { OpenReplay } from "./engine.ts";
import { openReplay } from "./handled-once.ts";
import { ENGINE, type ReplayOperations, type ReplayStore } from "./store.ts";

const OPERATIONS = ["claim", "commit", "release", "extend"] as const;

/**
 * Makes a replay store out of your own four operations, for a database that has none here. Run
 * `replayStoreContract` of `@countersign/core/testing` over it.
 *
 * @throws ConfigurationError when one of the four is missing
 * @example
 * ```ts
 * import { createVerifier, defineReplayStore, memoryReplayStore } from "@countersign/core";
 * import { stalwart } from "@countersign/core/providers";
 *
 * const memory = memoryReplayStore();
 * const store = defineReplayStore({
 *   claim: (key, token, lease, twin) => memory.claim(key, token, lease, twin),
 *   commit: (key, token, ttl, twin) => memory.commit(key, token, ttl, twin),
 *   release: (key, token) => memory.release(key, token),
 *   extend: (key, token, lease) => memory.extend(key, token, lease),
 * });
 * createVerifier(stalwart, { secret: "my-secret-key", replay: store });
 * ```
 */
export function defineReplayStore(operations: ReplayOperations): ReplayStore {
  for (const name of OPERATIONS) {
    if (typeof operations?.[name] !== "function")
      throw new ConfigurationError(
        "operations",
        `A replay store has claim, commit, release and extend: this one has no ${name}().`,
      );
  }
  return {
    claim: (key, token, lease, twin) => operations.claim(key, token, lease, twin),
    commit: (key, token, ttl, twin) => operations.commit(key, token, ttl, twin),
    release: (key, token) => operations.release(key, token),
    extend: (key, token, lease) => operations.extend(key, token, lease),
    [ENGINE]: openReplay satisfies OpenReplay,
  };
}
