/** What a migration did. */
export interface Migration {
  /** The version of the tables that it found; 0 where there were none. */
  readonly from: number;
  /** The version that they have now. */
  readonly to: number;
}
