import { type Clock, ConfigurationError } from "@countersign/core";
import { checkKeys, table } from "@countersign/core/checks";
import type { Ruling } from "@countersign/core/event";
import type { AttemptErrorCode, TransportResult } from "../transport/transport.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** What a status means for the event: accepted, tried again, given up, or kept while the endpoint is disabled. */
export type Meaning = "success" | "retry" | "permanent" | "disable";

/** Statuses as data: single ones (`"410"`) win over their class (`"4xx"`). */
export type StatusTable = Readonly<Record<string, Meaning>>;

/** 2xx is success, 410 disables, and what may pass with time is tried again. */
export const defaultStatuses: StatusTable = table({
  "2xx": "success",
  "3xx": "permanent",
  "4xx": "permanent",
  "5xx": "retry",
  "408": "retry",
  "410": "disable",
  "425": "retry",
  "429": "retry",
});

/** For systems that retry whatever is not success. */
export const retryEverything: StatusTable = table({
  "2xx": "success",
  "3xx": "retry",
  "4xx": "retry",
  "5xx": "retry",
  "410": "retry",
});

/** What an attempt without an answer means. These do not pass with time; all others are tried again. */
const ERRORS: Readonly<Partial<Record<AttemptErrorCode, Meaning>>> = {
  address_refused: "permanent",
  body_failed: "permanent",
  signing_failed: "permanent",
};

const MEANINGS: readonly string[] = ["success", "retry", "permanent", "disable"];

/** Lays a user's table over another. @throws ConfigurationError for a key or a meaning that is not one */
export function defineStatuses(own: StatusTable | undefined, base: StatusTable, option: string): StatusTable {
  if (own === undefined) return base;
  checkKeys(own, Object.keys(own ?? {}), option);
  for (const [key, meaning] of Object.entries(own)) {
    if (!/^[2-5](?:xx|\d\d)$/.test(key) || !MEANINGS.includes(meaning)) {
      throw new ConfigurationError(
        `${option}.${key}`,
        `${option} must map statuses ("404") and classes ("4xx"), from 2xx to 5xx, to one of ${MEANINGS.join(", ")}.`,
      );
    }
  }
  return table({ ...base, ...own });
}

/** A table spread out: what each status means, by its number. */
export function spreadStatuses(statuses: StatusTable): readonly Meaning[] {
  return Array.from(
    { length: 600 },
    (_, status) => statuses[String(status)] ?? statuses[`${Math.floor(status / 100)}xx`] ?? "permanent",
  );
}

const SUCCESS: Ruling = Object.freeze({ kind: "success" });

/** The ruling on an answer by its status alone. */
export function judgeStatus(status: number, meanings: readonly Meaning[]): Ruling {
  const kind = meanings[status] ?? "permanent";
  return kind === "success" ? SUCCESS : { kind, reason: `The receiver answered ${status}.` };
}

/** The ruling on an attempt that brought no answer. */
export function judgeError(result: TransportResult & { kind: "error" }): Ruling {
  const kind = ERRORS[result.code] ?? "retry";
  return kind === "permanent" ? { kind, reason: result.message } : { kind: "retry", reason: result.message };
}

/** The least wait that the receiver asked for, in milliseconds; 0 where it asked for none. */
export function askedWait(result: TransportResult, ruling: Ruling, clock: Pick<Clock, "now">, ceiling: number): number {
  if (ruling.kind === "success") return Math.min(ruling.pause ?? 0, ceiling);
  if (ruling.kind !== "retry") return 0;
  const asked =
    result.kind === "response" ? parseRetryAfter(result.headers["retry-after"], clock.now(), ceiling) : undefined;
  const judged = ruling.after !== undefined && ruling.after > 0 ? Math.min(ruling.after, ceiling) : 0;
  return Math.max(asked ?? 0, judged);
}
