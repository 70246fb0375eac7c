/** What one check found. */
export interface Checked {
  /** Stable, for scripts. */
  readonly name: string;
  /** `"ok"`; `"warn"`: look at it; `"wrong"`: it will not work so. */
  readonly state: "ok" | "warn" | "wrong";
  readonly says: string;
  /** Empty where all is well. */
  readonly mend: string;
}

export function ok(name: string, says: string): Checked {
  return { name, state: "ok", says, mend: "" };
}
