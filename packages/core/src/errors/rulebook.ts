/** Whose rules were broken, and where they are written down. */
export interface Rulebook {
  /** Of the provider, such as `"stripe"`, as it appears in sentences. */
  readonly name: string;
  /** The vendor's page. */
  readonly docs: string;
}
