import { platform } from "#platform";
import { Fault, type MaybePromise } from "../port.ts";
import { headerValue, Unclear } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { readDictionary } from "../field/structured.ts";
import { LIMITS } from "../signature/limits.ts";

/** The digests that prove something (RFC 9530, 7.2: "active"). All others of the registry are passed over. */
export type DigestAlgorithm = "sha-256" | "sha-512";

/** The header that a digest is in: of the bytes as they came, or of the selected representation. */
export type DigestField = "content-digest" | "repr-digest";

/** How many bytes a digest has. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ["sha-256", 32],
  ["sha-512", 64],
]);

/** All digest algorithms, the usual one first. */
export const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = ["sha-256", "sha-512"];

/** The digests of a header by their algorithms. */
export type Digests = ReadonlyMap<DigestAlgorithm, Uint8Array>;

/**
 * Reads the digests of a message; those of other algorithms prove nothing and are left out.
 *
 * @returns a fault where the header is not there, is no such header, or has none of the two
 */
export function readDigests(source: HeaderSource, field: DigestField): Digests | Fault {
  const text = headerValue(source, field);
  if (text === undefined) return malformed(field, "it is not there");
  if (text instanceof Unclear) return malformed(field, text.problem);
  const read = text.length > LIMITS.header ? undefined : readDictionary(text);
  if (read === undefined) return malformed(field, "it is no dictionary with each algorithm once (RFC 9530, 2)");
  const digests = new Map<DigestAlgorithm, Uint8Array>();
  for (const [algorithm, [value]] of read) {
    const length = LENGTHS.get(algorithm);
    if (length === undefined) continue;
    if (!(value instanceof ArrayBuffer) || value.byteLength !== length)
      return malformed(field, `its ${algorithm} is not ${length} bytes`);
    digests.set(algorithm as DigestAlgorithm, new Uint8Array(value));
  }
  return digests.size > 0 ? digests : malformed(field, "it has neither sha-256 nor sha-512");
}

/** Whether every one of the digests is that of the bytes. */
export function matchDigests(digests: Digests, body: Uint8Array): MaybePromise<boolean> {
  const made = [...digests].map(([algorithm, digest]) => ({ digest, own: platform.hash(algorithm, body) }));
  const equal = (own: readonly Uint8Array[]) => own.every((one, i) => sameBytes(one, (made[i] as { digest: Uint8Array }).digest));
  const own = made.map((one) => one.own);
  return own.some((one) => one instanceof Promise) ? Promise.all(own).then(equal) : equal(own as Uint8Array[]);
}

/** A digest is no secret, so this need not hide where the two differ. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * The value of `Content-Digest` (or `Repr-Digest`, or a trailer of either) for a body.
 *
 * @param body exactly the bytes that are sent; text is taken as its UTF-8
 * @param algorithms each becomes a member; default sha-256
 * @example
 * ```ts
 * import { contentDigest } from "@countersign/http-signatures";
 *
 * console.log(await contentDigest('{"hello": "world"}'));
 * // sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
 * ```
 */
export async function contentDigest(
  body: Uint8Array | string,
  algorithms: readonly DigestAlgorithm[] = ["sha-256"],
): Promise<string> {
  return writeDigests(typeof body === "string" ? new TextEncoder().encode(body) : body, algorithms);
}

/** The same, at once where the platform hashes at once. */
export function writeDigests(body: Uint8Array, algorithms: readonly DigestAlgorithm[]): MaybePromise<string> {
  const own = algorithms.map((algorithm) => platform.hash(algorithm, body));
  const write = (all: readonly Uint8Array[]) =>
    all.map((digest, i) => `${algorithms[i]}=:${platform.toBase64(digest)}:`).join(", ");
  return own.some((one) => one instanceof Promise) ? Promise.all(own).then(write) : write(own as Uint8Array[]);
}

function malformed(header: string, problem: string): Fault {
  return new Fault("malformed_signature", header, problem);
}
