import { type Table, table } from "@countersign/core/checks";
import { Fault } from "@countersign/core/scheme";
import { readCandidates } from "../candidate/candidates.ts";
import { Values } from "../component/value.ts";
import type { Message } from "../field/message.ts";
import type { FieldType } from "../field/structured.ts";
import { signatureBase } from "../signature/base.ts";

/**
 * The text that a signature of a message is over (RFC 9421, 2.5): to see why the other side disagrees. It believes nothing and
 * judges nothing.
 *
 * @param label which of the signatures
 * @param fields structured fields of your own, for `sf`
 * @returns a `Fault` where the message has no such signature, or lacks what it covers
 */
export function signatureBaseOf(
  message: Message,
  label: string,
  fields: Readonly<Record<string, FieldType>> = {},
): string | Fault {
  const offered = readCandidates(message);
  if (offered instanceof Fault) return offered;
  const candidate = offered.candidates.find((one) => one.label === label);
  if (candidate === undefined)
    return offered.faults[0] ?? new Fault("missing_signature", "signature-input", "there is none of that label");
  const known: Table<FieldType> = table({ ...fields });
  return signatureBase(candidate.components, candidate.input, new Values(message, known));
}
