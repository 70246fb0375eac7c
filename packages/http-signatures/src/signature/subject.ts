import type { Genuine } from "./prove.ts";

/**
 * What two signatures of one sender over one message have in common: not the label, which nobody signs, and not which of
 * the sender's keys it was. It is what makes a repetition one.
 */
export function subjectOf({ candidate: { parameters }, lines }: Genuine): string {
  const { created, expires, nonce, tag } = parameters;
  return `${lines}${JSON.stringify([created, expires, nonce, tag])}`;
}
