import type { EndpointStats } from "@countersign/sender";
import { columns, plain } from "../terminal/text.ts";

export function statsAsJson({ endpoint, pending, claimed, dead, overdue }: EndpointStats) {
  return { endpoint, pending, claimed, dead, ...(overdue === undefined ? {} : { overdue }) };
}

/** The counts as a table. @param what the first column is called: an inbox has routes */
export function statsLines(all: readonly EndpointStats[], what = "Endpoint"): string[] {
  if (all.length === 0) return ["Nothing waits, and nothing is dead."];
  const rows = all.map(({ endpoint, pending, claimed, dead, overdue }) => [
    plain(endpoint),
    String(pending),
    String(claimed),
    String(dead),
    overdue === undefined ? "" : `${Math.max(0, Math.round(overdue / 1_000))} s`,
  ]);
  return columns([[what, "Waiting", "In hand", "Dead", "Overdue"], ...rows]);
}
