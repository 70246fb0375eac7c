import { Fault } from "@countersign/core/scheme";
import { platform } from "#platform";
import { headerValue, Unclear } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { readDictionary } from "../field/structured.ts";
import { DIGEST_BYTES, type DigestAlgorithm, type DigestField } from "./algorithms.ts";

/** The digests of a header by their algorithms. */
export type Digests = ReadonlyMap<DigestAlgorithm, Uint8Array>;

/** The longest header that is read, in characters: two digests are 160. */
const LONGEST = 4096;

/** As nearly all write it: what a parser of structured fields would make of it, and faster. */
const USUAL = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/**
 * Reads the digests of a message. Those of other algorithms prove nothing and are left out.
 *
 * @returns a fault where the header is not there, is no such header, or has neither sha-256 nor sha-512
 */
export function readDigests(source: HeaderSource, field: DigestField): Digests | Fault {
  const malformed = (problem: string) => new Fault("malformed_signature", field, problem);
  const text = headerValue(source, field);
  if (text === undefined) return malformed("it is not there");
  if (text instanceof Unclear) return malformed(text.problem);
  const usual = USUAL.exec(text);
  if (usual !== null) return new Map([["sha-256", platform.fromBase64(usual[1] as string)]]);
  const read = text.length > LONGEST ? undefined : readDictionary(text);
  if (read === undefined) return malformed("it is no dictionary with each algorithm once (RFC 9530, 2)");
  const digests = new Map<DigestAlgorithm, Uint8Array>();
  for (const [algorithm, [value]] of read) {
    const length = DIGEST_BYTES.get(algorithm);
    if (length === undefined) continue;
    if (!(value instanceof ArrayBuffer) || value.byteLength !== length)
      return malformed(`its ${algorithm} is not ${length} bytes`);
    digests.set(algorithm as DigestAlgorithm, new Uint8Array(value));
  }
  return digests.size > 0 ? digests : malformed("it has neither sha-256 nor sha-512");
}
