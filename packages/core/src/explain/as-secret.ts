import { decodeText } from "../body/text.ts";
import type { Secret } from "../scheme/secret.ts";
import type { Attempt, Change, Hypothesis } from "./attempt.ts";

type Way = (text: string) => Secret | undefined;

/** Longer texts are no secrets that somebody mistyped. */
export const LONGEST = 4096;

/** Secrets given as bytes are text too, where they are. */
export function textOf(secret: Secret): string | undefined {
  if (secret.length > LONGEST) return undefined;
  return typeof secret === "string" ? secret : decodeText(secret);
}

/** The secrets written otherwise, one way at a time; those that a way does not touch are left out. */
export function rewritten(...ways: readonly Way[]): Hypothesis["changes"] {
  return function* others({ secrets }: Attempt): Generator<Change> {
    for (const way of ways) {
      const changed = secrets.flatMap((secret) => {
        const text = textOf(secret);
        const other = text === undefined ? undefined : tried(way, text);
        return other === undefined || other === text || other.length === 0 ? [] : [other];
      });
      if (changed.length > 0) yield { secrets: changed };
    }
  };
}

function tried(way: Way, text: string): Secret | undefined {
  try {
    return way(text);
  } catch {
    return undefined;
  }
}
