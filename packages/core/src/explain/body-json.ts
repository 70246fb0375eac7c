import { asText, RAW, tokensOf } from "./as-text.ts";
import type { Hypothesis } from "./attempt.ts";
import { LAYOUTS, spellings } from "./json-text.ts";

/** So many places in a body are put right one at a time. */
const PLACES = 40;
/** Longer JSON is not put right place by place. */
const LONG = 5000;
/** Layouts of JSON that services send. */
const SENT = LAYOUTS.slice(0, 3);

const isInteger = (token: string) => /^-?\d{1,15}$/.test(token);
const isShort = (token: string) => /^-?\d+\.\d$/.test(token);

/** What a parser loses and how it looked before: each place alone, then all of them. */
function* repaired(parts: readonly string[], is: (index: number) => boolean, put: (token: string) => string) {
  const places = parts.flatMap((_, index) => (is(index) ? [index] : []));
  const changed = (which: ReadonlySet<number>) => parts.map((token, index) => (which.has(index) ? put(token) : token));
  for (const place of places.slice(0, PLACES)) yield changed(new Set([place]));
  if (places.length > 1) yield changed(new Set(places));
}

/** Empty lists that were objects, as PHP makes them; and the reverse, as Lua does. Up to four are tried in each way. */
function* emptied(parts: readonly string[], open: string, close: string, was: string) {
  const places = parts.flatMap((token, index) => (token === open && parts[index + 1] === close ? [index] : []));
  if (places.length === 0 || places.length > 64) return;
  const all = places.length > 4 ? [...places.map((place) => [place]), places] : subsets(places);
  for (const which of all) {
    const set = new Set(which);
    yield parts.map((token, index) => (set.has(index) ? was.charAt(0) : set.has(index - 1) ? was.charAt(1) : token));
  }
}

function subsets(of: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** of.length - 1 }, (_, bits) => of.filter((__, at) => ((bits + 1) >> at) & 1));
}

/** Bodies that were parsed as JSON and written again. */
export const JSON_BODIES: readonly Hypothesis[] = [
  {
    code: "body_reserialised",
    sentence: "The body was parsed and written again: the same JSON, but not the bytes that were signed.",
    mend: RAW,
    changes: asText(function* again(text, { body }) {
      const parts = tokensOf(body);
      if (parts === undefined) return;
      yield* spellings(parts);
      yield JSON.stringify(JSON.parse(text)); // Numbers too, where the sender signs what it does not send.
    }),
  },
  {
    code: "body_reserialised",
    many: true,
    sentence:
      "The body was parsed and written again, and a parser lost something: {} became [], 10.0 became 10, or the reverse.",
    mend: RAW,
    changes: asText(function* before(_, { body }) {
      const parts = tokensOf(body);
      if (parts === undefined || parts.length > LONG) return;
      const token = (index: number) => parts[index] as string;
      for (const guess of emptied(parts, "[", "]", "{}")) yield* spellings(guess, SENT);
      for (const guess of emptied(parts, "{", "}", "[]")) yield* spellings(guess, SENT);
      const numbers = (is: (text: string) => boolean, put: (text: string) => string) =>
        repaired(parts, (i) => is(token(i)), put);
      for (const guess of numbers(isInteger, (text) => `${text}.0`)) yield* spellings(guess, SENT);
      for (const guess of numbers(isShort, (text) => `${text}0`)) yield* spellings(guess, SENT);
    }),
  },
];
