import type { AttemptResponse, Ruling } from "@countersign/core/event";

/** What an answer means: the kind of the ruling on it. */
export type Meaning = Ruling["kind"];

/** A status whose meaning no body can change: too fast, or trouble on the other side. 501 is a decision. */
const decides = (status: number) => status === 429 || (status >= 500 && status !== 501);

/**
 * The ruling that a platform's own token for an error decides; `undefined` where the platform documents no such token,
 * so that the status decides. The status comes first: behind a 429 or 5xx a token says nothing that lasts.
 */
export function judgeToken(
  { status }: AttemptResponse,
  token: string,
  meanings: Readonly<Record<string, Meaning | undefined>>,
): Ruling | undefined {
  const meaning = decides(status) ? undefined : meanings[token];
  if (meaning === undefined) return undefined;
  if (meaning === "success") return { kind: "success" };
  // Only a documented token gets here: what an answer says besides is hostile text, and not for a log.
  return { kind: meaning, reason: `The receiver answered ${status} (${token}).` };
}

/** Statuses with which something in between refuses: an edge's block page, a captive portal, a proxy's sign-in. */
const REFUSED: readonly number[] = [401, 403, 404, 407];

/**
 * A page where the platform answers otherwise: whoever wrote it speaks for itself, and the platform may answer next
 * time. `undefined` for anything else. `after` is how long to leave it alone.
 */
export function judgePage({ status, body }: AttemptResponse, platform: string, after?: number): Ruling | undefined {
  return REFUSED.includes(status) && /^\s*</.test(body) ? retryStranger(status, platform, after) : undefined;
}

/** Somebody else has answered in the platform's place, a captive portal for instance: that may pass. */
export function retryStranger(status: number, platform: string, after?: number): Ruling {
  const reason = `The receiver answered ${status}, but not as ${platform} does.`;
  return after === undefined ? { kind: "retry", reason } : { kind: "retry", reason, after };
}

/** Whether the body begins as a JSON object does. It may have been cut off at the attempt's limit. */
export function isObjectText(body: string): boolean {
  return /^\s*\{/.test(body);
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
