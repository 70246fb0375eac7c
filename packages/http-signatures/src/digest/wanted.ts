import { Fault } from "@countersign/core/scheme";
import { headerValue, Unclear } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { readDictionary } from "../field/structured.ts";
import { DIGEST_BYTES, type DigestAlgorithm, type DigestField } from "./algorithms.ts";

/** The longest header that is read, in characters. */
const LONGEST = 1024;

/**
 * Which digests a message asks for (`Want-Content-Digest`, `Want-Repr-Digest`: RFC 9530, 4), of those that are made here,
 * the most wanted first. It is a hint, and may be ignored.
 *
 * @returns an empty list where it asks for none of them, a fault where it is no such header
 * @example
 * ```ts
 * import { wantedDigests } from "@countersign/http-signatures";
 *
 * const headers = { "want-content-digest": "sha-512=3, sha-256=10, unixsum=0" };
 * console.log(wantedDigests({ headers })); // [ 'sha-256', 'sha-512' ]
 * ```
 */
export function wantedDigests(
  source: HeaderSource,
  field: DigestField = "content-digest",
): readonly DigestAlgorithm[] | Fault {
  const name = `want-${field}`;
  const malformed = (problem: string) => new Fault("malformed_signature", name, problem);
  const text = headerValue(source, name);
  if (text === undefined) return [];
  if (text instanceof Unclear) return malformed(text.problem);
  const read = text.length > LONGEST ? undefined : readDictionary(text);
  if (read === undefined) return malformed("it is no dictionary with each algorithm once (RFC 9530, 4)");
  const wanted: { readonly algorithm: DigestAlgorithm; readonly weight: number }[] = [];
  for (const [algorithm, [weight]] of read) {
    if (typeof weight !== "number" || !Number.isInteger(weight) || weight < 0 || weight > 10)
      return malformed("a preference is no number from 0 to 10");
    if (DIGEST_BYTES.has(algorithm) && weight > 0) wanted.push({ algorithm: algorithm as DigestAlgorithm, weight });
  }
  return wanted.sort((a, b) => b.weight - a.weight).map(({ algorithm }) => algorithm);
}
