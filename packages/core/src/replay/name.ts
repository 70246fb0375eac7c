/** A key under which a delivery is remembered, and how reports show it. */
export interface StoredName {
  /** As it is shown in reports: `github:c:…`. */
  readonly shown: string;
  /** As the store has it, of bounded length, with its version and what a cluster keeps together by. */
  readonly stored: string;
}

/** What a replay store knows a delivery by. */
export interface ReplayKey {
  /** The key that is claimed: the id's, or the content's where there is no id. */
  readonly first: StoredName;
  /** The digest of the signed content, beside an id. */
  readonly twin: StoredName | undefined;
  /** The idempotency key as the payload has it, where it has one. */
  readonly plain: string | undefined;
}
