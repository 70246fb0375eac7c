/** From which version of an outbox's tables a migration came, and to which it went; the same where there was nothing to do. */
export interface Migration {
  /** The version of the tables that it found; 0 where there were none. */
  readonly from: number;
  /** The version that the tables have now: the one that this package needs. */
  readonly to: number;
}
