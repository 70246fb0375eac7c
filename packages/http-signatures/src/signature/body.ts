import { andThen, Fault, type MaybePromise } from "@countersign/core/scheme";
import type { Required } from "../coverage/compile.ts";
import { missingWithBody } from "../coverage/missing.ts";
import type { DigestAlgorithm } from "../digest/algorithms.ts";
import { matchDigests } from "../digest/digest.ts";
import { type Digests, readDigests } from "../digest/read.ts";
import type { HeaderSource } from "../field/message.ts";
import type { Candidate } from "./candidates.ts";
import { uncovered } from "./select.ts";

/** Whether the body is the one that a genuine signature covers; a fault where it is not. */
export function judgeContent(
  candidate: Candidate,
  source: HeaderSource,
  body: Uint8Array,
  required: Required,
): MaybePromise<Fault | undefined> {
  const without = body.length === 0 ? undefined : missingWithBody(candidate, required);
  if (without !== undefined) return uncovered(candidate, without);
  const { digest: field } = required;
  const covered = candidate.components.filter(({ name, request, trailer }) => name === field && !request && !trailer);
  if (covered.length === 0) return undefined;
  const digests = readDigests(source, field);
  if (digests instanceof Fault) return digests;
  const keys = covered.some(({ key }) => key === undefined) ? undefined : covered.map(({ key }) => key as string);
  const signed = keys === undefined ? digests : only(digests, keys);
  if (signed.size === 0) return uncovered(candidate, "a digest of sha-256 or sha-512");
  return andThen(matchDigests(signed, body), (same) =>
    same ? undefined : new Fault("signature_mismatch", field, `the body is not the one that "${field}" is of`),
  );
}

function only(digests: Digests, keys: readonly string[]): Digests {
  return new Map([...digests].filter(([algorithm]: [DigestAlgorithm, Uint8Array]) => keys.includes(algorithm)));
}
