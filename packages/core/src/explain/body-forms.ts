import { asText, mediaType, RAW, tokensOf } from "./as-text.ts";
import type { Change, Hypothesis } from "./attempt.ts";
import { ESCAPERS, formsOf, type Pair, pairsOf } from "./form-text.ts";
import { replaced } from "./headers.ts";
import { write } from "./json-text.ts";

/** Names of a form's only field, where that holds JSON. */
const FIELDS = ["payload", "data", "body", "json", "event"];
const COMPACT = { comma: ",", colon: ":" };

/** The fields of an object whose values are no objects themselves; lists are one field for each item. */
function fieldsOf(text: string): readonly Pair[] | undefined {
  const value: unknown = /^\s*\{/.test(text) ? JSON.parse(text) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const pairs = Object.entries(value).flatMap(([name, one]) =>
    (Array.isArray(one) ? one : [one]).map(
      (item) => [name, typeof item === "object" ? JSON.stringify(item) : String(item)] as const,
    ),
  );
  return pairs.length === 0 ? undefined : pairs;
}

/** The fields of a form whose escapes were undone as a whole: a value ends where the next name begins. */
function undone(text: string): readonly Pair[] | undefined {
  if (!/^[\w.-]+=/.test(text)) return undefined;
  const starts = [...text.matchAll(/(?:^|&)([\w.-]+)=/g)];
  return starts.map((start, i) => {
    const from = start.index + start[0].length;
    return [start[1] as string, text.slice(from, starts[i + 1]?.index ?? text.length)];
  });
}

const fromFields = asText((text) => formsOf(fieldsOf(text) ?? []));

/** Bodies that were forms when they were signed. */
export const FORMS: readonly Hypothesis[] = [
  {
    code: "form_reencoded",
    sentence: "The form was parsed and written again, with other escapes than those that were signed.",
    mend: RAW,
    changes: asText(function* again(text) {
      const pairs = pairsOf(text);
      if (pairs === undefined) return;
      yield text.replaceAll("+", "%20");
      yield text.replaceAll("%20", "+");
      yield text.replaceAll("=+", "=%2B"); // A telephone number's plus sign.
      yield* formsOf(pairs);
      yield* formsOf([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    }),
  },
  {
    code: "form_decoded",
    sentence: "The escapes of the form were undone in the whole body.",
    mend: RAW,
    changes: asText(function* encoded(text) {
      const pairs = undone(text);
      if (pairs === undefined) return;
      yield* formsOf(pairs);
      yield* formsOf(pairs.map(([name, value]) => [name, value?.replaceAll("+", " ")]));
    }),
  },
  {
    code: "form_payload_only",
    sentence: "The body is one field of the form that was signed, without the form around it.",
    mend: `${RAW} What is signed is the whole form, payload= included.`,
    changes: asText(function* whole(text, attempt) {
      if (mediaType(attempt) === "application/json" || !/^\s*[[{"]/.test(text)) return;
      const parts = tokensOf(attempt.body);
      const spelled = parts === undefined ? undefined : write(parts, COMPACT);
      for (const json of new Set([text, spelled ?? text])) {
        for (const field of FIELDS) for (const quote of ESCAPERS) yield `${field}=${quote(json)}`;
      }
    }),
  },
  {
    code: "form_as_json",
    sentence: "The body that was signed is a form, and this is JSON that was made from its fields.",
    mend: RAW,
    *changes(attempt): Generator<Change> {
      const { scheme, headers } = attempt;
      // Where the fields are signed, and not their escapes, the content type decides too.
      const isSigned = scheme.content.some((part) => typeof part !== "string" && part.part === "form");
      if (mediaType(attempt) === "application/json" && !isSigned) return;
      const type = { headers: replaced(headers, "content-type", "application/x-www-form-urlencoded") };
      for (const change of fromFields(attempt) as Iterable<Change>) yield isSigned ? { ...change, ...type } : change;
    },
  },
];
