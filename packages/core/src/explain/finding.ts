/** One thing that is, or may be, wrong. It holds no secret and no signature. */
export interface Finding {
  /** Stable, for tests: `"body_empty"`, `"timestamp_in_seconds"` and the like. */
  readonly code: string;
  /** What is the matter, in one or a few sentences without the secret. */
  readonly sentence: string;
  /** One or a few sentences on what to change, and on which side. */
  readonly mend: string;
}
