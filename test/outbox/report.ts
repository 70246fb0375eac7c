import { appendFileSync } from "node:fs";

/** How often, and from which seed: little in the tests, more in a campaign. */
export function rounds(few: number): { readonly count: number; readonly seed: number; readonly full: boolean } {
  const { COUNTERSIGN_KILLS: kills, COUNTERSIGN_SEED: seed } = process.env;
  return { count: Number(kills ?? few), seed: Number(seed ?? 1_784_000_000), full: kills !== undefined };
}

/** A line of a campaign's results. */
export function report(line: string): void {
  const path = process.env["COUNTERSIGN_REPORT"];
  if (path !== undefined) appendFileSync(path, `${line}\n`);
}
