import { table } from "@countersign/core/checks";
import type { Severity } from "@countersign/core/event";

/** How a severity is written and shown, on all platforms. */
export interface SeverityRow {
  readonly word: string;
  readonly sign: string;
  /** Six hexadecimal digits. */
  readonly color: string;
}

export const SEVERITIES: Readonly<Record<Severity, SeverityRow>> = table({
  info: { word: "Info", sign: "🔵", color: "2f6fdb" },
  warn: { word: "Warning", sign: "🟡", color: "d9a400" },
  error: { word: "Error", sign: "🔴", color: "d13438" },
  critical: { word: "Critical", sign: "🚨", color: "8e1020" },
});

/** The severity itself, or `undefined` for anything else that an untyped caller or an event hands in. */
export function asSeverity(value: unknown): Severity | undefined {
  return typeof value === "string" && value in SEVERITIES ? (value as Severity) : undefined;
}
