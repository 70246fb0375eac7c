import { andThen, Fault, type MaybePromise } from "@countersign/core/scheme";
import type { Candidate } from "../candidate/candidate.ts";
import type { Required } from "../coverage/compile.ts";
import { missingWithBody } from "../coverage/missing.ts";
import type { DigestField } from "../digest/algorithms.ts";
import { matchDigests } from "../digest/digest.ts";
import { type Digests, readDigests } from "../digest/read.ts";
import type { HeaderSource } from "../field/message.ts";
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
  const signed = coveredDigests(candidate, source, field);
  if (signed === undefined || signed instanceof Fault) return signed;
  return andThen(matchDigests(signed, body), (same) =>
    same ? undefined : new Fault("signature_mismatch", field, `the body is not the one that "${field}" is of`),
  );
}

/** The digests that the signature covers, all of the header's or some by name; `undefined` where it covers none. */
function coveredDigests(candidate: Candidate, source: HeaderSource, field: DigestField): Digests | Fault | undefined {
  let keys: string[] | undefined;
  for (const { name, request, trailer, key } of candidate.components) {
    if (name !== field || request || trailer) continue;
    if (key === undefined) return readDigests(source, field);
    keys ??= [];
    keys.push(key);
  }
  if (keys === undefined) return undefined;
  const digests = readDigests(source, field);
  if (digests instanceof Fault) return digests;
  const some = new Map([...digests].filter(([algorithm]) => keys.includes(algorithm)));
  return some.size > 0 ? some : uncovered(candidate, "a digest of sha-256 or sha-512");
}
