/** One name of a delivery in a store. */
export interface StoredName {
  /** As it is shown in reports: `github:c:…`. */
  readonly shown: string;
  /** As the store has it, of bounded length, with its version and what a cluster keeps together by. */
  readonly stored: string;
}

/** What a replay store knows a delivery by. */
export interface ReplayKey {
  readonly first: StoredName;
  /** The digest of the signed content, beside an id. */
  readonly twin: StoredName | undefined;
  /** The idempotency key as the payload has it, where it has one. */
  readonly plain: string | undefined;
}
