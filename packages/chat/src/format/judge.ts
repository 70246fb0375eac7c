import type { AttemptResponse, Ruling } from "@countersign/core/event";

/** What an answer means: the kind of the ruling on it. */
export type Meaning = Ruling["kind"];

/**
 * The ruling that a platform's own token for an error decides, whatever status it comes with; `undefined` where the
 * platform documents no such token, so that the status decides. A 429 is about the pace and nothing else.
 */
export function judgeToken(
  { status }: AttemptResponse,
  token: string,
  meanings: Readonly<Record<string, Meaning | undefined>>,
): Ruling | undefined {
  const meaning = status === 429 ? undefined : meanings[token];
  if (meaning === undefined) return undefined;
  if (meaning === "success") return { kind: "success" };
  // Only a documented token gets here: what an answer says besides is hostile text, and not for a log.
  return { kind: meaning, reason: `The receiver answered ${status} (${token}).` };
}

/** Milliseconds from whole or decimal seconds, rounded up; `undefined` for anything else. */
export function milliseconds(seconds: unknown): number | undefined {
  const text = typeof seconds === "number" ? String(seconds) : seconds;
  if (typeof text !== "string" || !/^\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
  return Math.ceil(Number(text) * 1000);
}

/** A 2xx: the request was taken, whatever became of the message. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
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
