import { andThen, every, type MaybePromise } from "@countersign/core/scheme";
import { serializeItem } from "structured-headers";
import { platform } from "#platform";
import type { DigestAlgorithm } from "./algorithms.ts";
import type { Digests } from "./read.ts";

/** Whether every one of the digests is that of the bytes. */
export function matchDigests(digests: Digests, body: Uint8Array): MaybePromise<boolean> {
  const verdicts: MaybePromise<boolean>[] = [];
  for (const [algorithm, digest] of digests)
    verdicts.push(andThen(platform.hash(algorithm, body), (own) => sameBytes(own, digest)));
  return andThen(every(verdicts), (all) => all.every((same) => same));
}

/** A digest is no secret, so this need not hide where the two differ. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The digests of bytes as a header has them; a promise only where the platform hashes asynchronously. */
export function writeDigests(body: Uint8Array, algorithms: readonly DigestAlgorithm[]): MaybePromise<string> {
  return andThen(every(algorithms.map((algorithm) => platform.hash(algorithm, body))), (digests) =>
    digests.map((digest, i) => `${algorithms[i]}=${serializeItem([digest, new Map()])}`).join(", "),
  );
}

/**
 * The value of `Content-Digest` for a body, or of `Repr-Digest` for a whole representation (RFC 9530).
 *
 * @param body exactly the bytes that are sent; text is taken as its UTF-8
 * @param algorithms each becomes a member; default `["sha-256"]`
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
