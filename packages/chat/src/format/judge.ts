import type { AttemptResponse, Ruling } from "@countersign/core/event";

/** What to do about an answer that a platform documents: by its error token or its status. */
export type Outcome = "retry" | "permanent" | "disable";

/** An outcome by token, without a prototype, so that a platform's `__proto__` finds nothing. */
export type Outcomes = Readonly<Record<string, Outcome>>;

export const outcomes = (rows: Record<string, Outcome>): Outcomes =>
  Object.freeze(Object.assign(Object.create(null), rows));

/**
 * The rest of an answer's judgement, the same everywhere: a documented token decides, then the status. 408, 425, 429
 * and 5xx pass; 410 means gone; everything else will be refused again.
 */
export function judgeBy(response: AttemptResponse, token: string, known: Outcomes, after?: number): Ruling {
  const { status } = response;
  const reason = token === "" ? `HTTP ${status}` : `HTTP ${status} ${printable(token)}`;
  const pause = after === undefined ? {} : { after };
  const outcome = status === 429 ? "retry" : known[token];
  if (outcome === "retry") return { kind: "retry", reason, ...pause };
  if (outcome !== undefined) return { kind: outcome, reason };
  if (status === 410) return { kind: "disable", reason };
  if (status === 408 || status === 425 || status >= 500) return { kind: "retry", reason, ...pause };
  return { kind: "permanent", reason };
}

/** Retry-After as milliseconds, from whole or decimal seconds. A date is not used by any of the four. */
export function seconds(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
  return Math.ceil(Number(text) * 1000);
}

/** The body as a JSON object, or an empty one. */
export function jsonObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** An answer is hostile text too: a reason for a log holds one short, plain token of it. */
function printable(token: string): string {
  return token.slice(0, 80).replace(/[^\w.: -]/g, "?");
}
