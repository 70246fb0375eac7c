import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { StoreFailure } from "@countersign/core";

/**
 * What a worker writes down, a line for each, with a write that is done before it goes on: what was written survives
 * the worker. Times are milliseconds of the machine's monotonic clock, the same in every process.
 */
export type Line = { readonly at: number } & (
  | {
      readonly what: "claim" | "extend" | "commit";
      readonly asked: number;
      readonly key: string;
      readonly token: string;
      readonly answer: unknown;
    }
  | { readonly what: "asked"; readonly key: string; readonly token: string }
  | { readonly what: "begun" | "handled" | "failed"; readonly event: string; readonly token: string }
  | ({ readonly what: "told" } & Pick<StoreFailure, "operation" | "reason" | "key">)
);

type Written<L> = L extends Line ? Omit<L, "at"> : never;

/** One life of a worker, from its start to its kill or the end of the campaign. */
export interface Life {
  readonly worker: string;
  readonly lines: readonly Line[];
  /** When it was killed; undefined for one that lived to the end. */
  readonly killed: number | undefined;
}

export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function logTo(file: string): (line: Written<Line>) => void {
  const log = openSync(file, "a");
  process.once("exit", () => closeSync(log));
  return (line) => void writeSync(log, `${JSON.stringify({ at: now(), ...line })}\n`);
}

/** The last line of a life that was ended may be cut short. */
export function readLog(file: string): Line[] {
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Line);
}
