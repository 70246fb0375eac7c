import { isObserved, publish } from "#diagnostics";

/** What happened to a claim, as the diagnostics channel `countersign:replay` has it on Node. */
export interface ReplayNotice {
  /**
   * - `claimed`: let in; `extended`, `committed`, `released`: what its holder did, as the store acknowledged it.
   * - `duplicate`: handled before, and by default answered 200 without the handler; `busy`: somebody works on it, 503.
   * - `lost`: its lease ran out while it was worked on, and somebody else has it.
   * - `expired`: held for sixty leases, or for as long as its client's going allows, and given up: its handler never ended.
   */
  readonly what: "claimed" | "extended" | "committed" | "released" | "duplicate" | "busy" | "lost" | "expired";
  /** The name of the row that the delivery was judged by, such as `"stripe"`. */
  readonly provider: string;
  /** Counts the verifiers of this process that have a store, from 1. */
  readonly verifier: number;
  /** As failures of the store name it: fit for a log. */
  readonly key: string;
  /** Milliseconds since it was claimed; absent for what never was. */
  readonly age?: number;
  /** How many claims this verifier holds now, this one included while it is held. */
  readonly held: number;
}

/** Making a notice costs more than asking whether anybody listens. */
export function give(notice: () => ReplayNotice): void {
  if (isObserved("replay")) publish("replay", notice());
}
