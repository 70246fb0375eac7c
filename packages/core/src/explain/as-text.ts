import { decodeText } from "../body/text.ts";
import { getHeader } from "../head/headers.ts";
import { utf8 } from "../lib/bytes.ts";
import type { Attempt, Change, Hypothesis } from "./attempt.ts";
import { tokens } from "./json-text.ts";

type Rewrite = (text: string, attempt: Attempt) => Iterable<string | Uint8Array | undefined>;

/** Larger bodies are not written anew: it would take longer than anybody waits. */
export const LARGEST = 4_194_304;

/** The body rewritten as text, once for each way that gives another one. */
export function asText(rewrite: Rewrite): Hypothesis["changes"] {
  return function* rewritten(attempt): Generator<Change> {
    const text = attempt.body.length > LARGEST ? undefined : decodeText(attempt.body);
    if (text === undefined) return;
    for (const other of rewrite(text, attempt)) {
      if (other === undefined || other === text || other.length === 0) continue;
      yield { body: typeof other === "string" ? utf8(other) : other };
    }
  };
}

const known = new WeakMap<Uint8Array, readonly string[] | undefined>();

/** The body's JSON as tokens, read once for all that ask; nothing when it is none, or too large. */
export function tokensOf(body: Uint8Array): readonly string[] | undefined {
  if (known.has(body)) return known.get(body);
  const text = body.length > LARGEST ? undefined : decodeText(body);
  const parts = text === undefined ? undefined : tokens(text);
  known.set(body, parts);
  return parts;
}

/** The media type in lower case, without its parameters; empty where none is said. */
export function mediaType({ headers }: Pick<Attempt, "headers">): string {
  const type = getHeader(headers, "content-type", undefined);
  return typeof type === "string" ? (type.split(";")[0] ?? "").trim().toLowerCase() : "";
}

/** What to do about every body that a program wrote anew. */
export const RAW =
  "Verify the bytes as they came: before any parser, or with what express.json({ verify: keepRawBody }) keeps.";
