import type { HeadersLike } from "../head/headers.ts";
import { SignatureScheme } from "../scheme/compile.ts";
import { Unreadable } from "../scheme/proof.ts";
import { type AsymmetricScheme, isProof, type MacScheme, type Scheme } from "../scheme/scheme.ts";
import type { Attempt } from "./attempt.ts";
import type { Finding } from "./finding.ts";
import { namesOf, valuesOf } from "./header-values.ts";
import { lengthOf, seeSignature } from "./signature-looks.ts";

/** Header names that carry signatures; credentials are no signature. */
const SIGNATURES = /signature|hmac|x-hub|^svix-|^webhook-/;
const CREDENTIALS = /signature|hmac|token|authorization|api-?key|x-hub/;
const squashed = (name: string) => name.replace(/[^a-z0-9]/g, "");

/** Which header is not there, and what is there in its place. */
export function explainMissing(scheme: Scheme, headers: HeadersLike, why: unknown): Finding {
  const names = namesOf(headers);
  const needed = neededHeaders(scheme);
  const [first = ""] = needed;
  const absent = needed.filter((name) => valuesOf(headers, name).length === 0);
  const renamed = names.find((name) => name !== first && squashed(name).endsWith(squashed(first)));
  if (absent.includes(first) && renamed !== undefined) return RENAMED(first, renamed);
  if (absent.length > 0 && absent.length < needed.length) return MISSING(absent);
  if (why instanceof Unreadable && !absent.includes(why.header)) return MISSING([why.header]);
  const others = names.filter((name) =>
    (isProof(scheme) && scheme.covers === "nothing" ? CREDENTIALS : SIGNATURES).test(name),
  );
  const shown = others.filter((name) => name !== first && /^[\w-]{1,80}$/.test(name)).slice(0, 5);
  return shown.length === 0 ? NONE : OTHER(shown);
}

/** The signature's header first, then whatever else is signed by name. */
function neededHeaders(scheme: Scheme): readonly string[] {
  if (isProof(scheme)) return scheme.headers;
  const { signatureHeader, timeHeader, idHeader } = new SignatureScheme(scheme);
  const named = scheme.content.map((part) => (typeof part === "string" ? undefined : part.name));
  return [...new Set([signatureHeader, timeHeader, idHeader, ...named].filter((name) => name !== undefined))];
}

/** Why the head cannot be read, where it can be seen; else the verifier's own words. */
export function explainMalformed(
  { scheme, headers, body }: Pick<Attempt, "scheme" | "headers" | "body">,
  why: Unreadable,
  said: string,
): Finding {
  const values = valuesOf(headers, why.header);
  const text = (values[0] ?? "").slice(0, 4096);
  if (values.length > 1 || why.problem === "it appears twice" || /^(.{8,}),\s*\1$/s.test(text))
    return TWICE(why.header);
  const { signatureHeader, timeHeader } = new SignatureScheme(scheme);
  if (why.header === timeHeader || why.problem?.includes("timestamp is not canonical") === true)
    return TIME(why.header, scheme);
  if (why.header !== signatureHeader) return MALFORMED(said);
  const run = longestRun(scheme, text);
  const seen = seeSignature({ scheme, header: why.header, text, run, body });
  if (seen !== undefined) return seen;
  const wanted = lengthOf(scheme);
  const found = run.length;
  // A few characters are a signature's only where nothing else is there.
  const alone = found >= 4 && /\d/.test(run) && text.replace(/^[^=,:]{0,8}[=,:]/, "") === run;
  if ((found >= 8 || alone) && found < wanted) return TRUNCATED(found, wanted);
  const [changed] = found < wanted ? [] : explainCase(scheme, [run]);
  return changed ?? MALFORMED(said);
}

const MALFORMED = (said: string): Finding => ({
  code: "signature_malformed",
  sentence: said,
  mend: "Compare the header with the provider's page, character by character.",
});

/** A signature in base64 without one large letter, or without a small one, was changed: by accident that never happens. */
export function explainCase(
  { encoding }: MacScheme | AsymmetricScheme,
  signatures: readonly string[],
): readonly Finding[] {
  const changed = (text: string) => text === text.toLowerCase() || text === text.toUpperCase();
  return encoding === "base64" && signatures.length > 0 && signatures.every(changed) ? [CASE] : [];
}

const CASE: Finding = {
  code: "signature_case",
  sentence: "The signature is base64 all in small or all in large letters: something changed the header's value.",
  mend: "Only names of headers may be written in other letters, never their values.",
};

/** The longest run of characters that a signature is made of. */
function longestRun({ encoding }: MacScheme | AsymmetricScheme, text: string): string {
  const runs = text.match(encoding === "hex" ? /[0-9a-f]+/gi : /[A-Za-z0-9+/]+={0,2}/g) ?? [];
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), "");
}

const NONE: Finding = {
  code: "no_signature_header",
  sentence: "No header looks like a signature: nothing signed this request, or a proxy dropped the header.",
  mend: "Set the secret on the sender's side too: many sign only once it is set.",
};
const OTHER = (names: readonly string[]): Finding => ({
  code: "another_signature_header",
  sentence: `Other headers look like signatures: ${names.join(", ")}.`,
  mend: "Choose the provider that sends those, or the option that names the header.",
});
const RENAMED = (name: string, other: string): Finding => ({
  code: "header_renamed",
  sentence: `The header ${name} came as ${other.slice(0, 100)}.`,
  mend: "Hand the headers over under the names that were sent: a gateway or a CGI variable renames them.",
});
const MISSING = (names: readonly string[]): Finding => ({
  code: "header_missing",
  sentence: `Of the headers that are signed together, ${names.join(" and ")} did not arrive; the others did.`,
  mend: "Let every proxy and every list of allowed headers pass it, and hand over all headers of the request.",
});
const TWICE = (name: string): Finding => ({
  code: "header_twice",
  sentence: `The header ${name} is there twice, and two values are no signature.`,
  mend: "Look for a proxy that adds the header to the one that is there, or a client that sets it twice.",
});
const TIME = (name: string, { timestamp }: MacScheme | AsymmetricScheme): Finding => ({
  code: "timestamp_malformed",
  sentence: `The time in ${name} is not written as this scheme reads it: ${UNITS[timestamp?.unit ?? "s"]}.`,
  mend: "Write it so where it is signed, or set the scheme's unit.",
});
const UNITS = {
  s: "whole seconds since 1970",
  ms: "whole milliseconds since 1970",
  rfc3339: "a date and time as RFC 3339 has it",
} as const;
const TRUNCATED = (found: number, wanted: number): Finding => ({
  code: "signature_truncated",
  sentence: `The signature has ${found} characters, and this scheme's have ${wanted}: its end is missing.`,
  mend: "Look for what cuts it: a database column, a log, a split at the equals sign.",
});
