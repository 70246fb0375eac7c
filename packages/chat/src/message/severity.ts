import { table } from "@countersign/core/checks";
import type { Severity } from "@countersign/core/event";

/** An event's severity, or `"ok"` for good news: something was approved, granted, restored or resolved. */
export type MessageSeverity = Severity | "ok";

/** How a severity is written and shown, on all platforms. */
export interface SeverityRow {
  readonly word: string;
  /** The word after a number: `2 errors`. */
  readonly several: string;
  readonly sign: string;
  /** Six hexadecimal digits. */
  readonly color: string;
}

/** In order of weight, least first. */
export const SEVERITIES: Readonly<Record<MessageSeverity, SeverityRow>> = table({
  ok: { word: "OK", several: "ok", sign: "🟢", color: "2e8b57" },
  info: { word: "Info", several: "info", sign: "🔵", color: "2f6fdb" },
  warn: { word: "Warning", several: "warnings", sign: "🟡", color: "d9a400" },
  error: { word: "Error", several: "errors", sign: "🔴", color: "d13438" },
  critical: { word: "Critical", several: "critical", sign: "🚨", color: "8e1020" },
});

const ORDER = Object.keys(SEVERITIES) as MessageSeverity[];

/** The severity itself, or `undefined` for anything else that an untyped caller or an event hands in. */
export function asSeverity(value: unknown): MessageSeverity | undefined {
  return typeof value === "string" && value in SEVERITIES ? (value as MessageSeverity) : undefined;
}

/** Greater for what is worse. */
export function weight(severity: MessageSeverity): number {
  return ORDER.indexOf(severity);
}

/** Sign and word, for readers who do not see the one or the other: `🟡 Warning`. */
export function said(severity: MessageSeverity): string {
  return `${SEVERITIES[severity].sign} ${SEVERITIES[severity].word}`;
}

/** How many there are of each, worst first: `🚨 1 critical, 🔵 22 info`. */
export function counted(severities: readonly MessageSeverity[]): string {
  return ORDER.toReversed()
    .map((severity) => [severity, severities.filter((one) => one === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => {
      const { sign, word, several } = SEVERITIES[severity];
      return `${sign} ${count} ${count === 1 ? word.toLowerCase() : several}`;
    })
    .join(", ");
}
