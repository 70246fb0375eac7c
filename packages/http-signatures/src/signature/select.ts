import { Fault } from "@countersign/core/scheme";
import type { Candidate } from "../candidate/candidate.ts";
import { readCandidates } from "../candidate/candidates.ts";
import { Values } from "../component/value.ts";
import { declaresBody, missing, missingWithBody } from "../coverage/missing.ts";
import type { Message } from "../field/message.ts";
import type { Rules } from "./rules.ts";

/** A message whose signatures are read, and those of them that are worth a key. */
export interface Selected {
  readonly message: Message;
  readonly values: Values;
  /** In the order in which they are tried. */
  readonly candidates: readonly Candidate[];
}

/** The signatures that would count if they were genuine: enough is covered, and now is in their time. */
export function select(message: Message, rules: Rules, now: number): Selected | Fault {
  const offered = readCandidates(message);
  if (offered instanceof Fault) return offered;
  const values = new Values(message, rules.fields);
  const faults = [...offered.faults];
  const whole: Candidate[] = [];
  const bodiless: Candidate[] = [];
  const body = declaresBody(message);
  for (const candidate of offered.candidates) {
    const fault = judge(candidate, message, values, rules, now);
    if (fault !== undefined) {
      faults.push(fault);
      continue;
    }
    const without = missingWithBody(candidate, rules.required);
    if (without === undefined) whole.push(candidate);
    else if (body) faults.push(uncovered(candidate, without));
    else bodiless.push(candidate);
  }
  const candidates = [...whole, ...bodiless];
  return candidates.length > 0 ? { message, values, candidates } : worst(faults);
}

function judge(candidate: Candidate, message: Message, values: Values, rules: Rules, now: number): Fault | undefined {
  const { tag, created, expires } = candidate.parameters;
  if (rules.tag !== undefined && tag !== rules.tag) {
    const other = tag === undefined ? "it has no tag" : `its tag is "${tag.slice(0, 40)}"`;
    return malformed(candidate, `${other}, and only "${rules.tag}" counts`);
  }
  const without = missing(candidate, rules.required, message, values);
  if (without !== undefined) return uncovered(candidate, without);
  if (expires === undefined) return undefined;
  if (created !== undefined && expires < created) return malformed(candidate, "it expires before it was created");
  const late = now - expires * 1000;
  return late >= 0 ? new Fault("timestamp_too_old", "signature-input", late) : undefined;
}

/** What a signature does not cover, and must. */
export function uncovered(candidate: Candidate, what: string): Fault {
  return malformed(candidate, `it does not cover ${what}`);
}

function malformed({ label }: Candidate, problem: string): Fault {
  return new Fault("malformed_signature", "signature-input", `${label.slice(0, 40)}: ${problem}`);
}

/** One fault for all: the one that came furthest, or, where they differ in what they say, all of their phrases. */
export function worst(faults: readonly Fault[]): Fault {
  const [first, ...more] = faults;
  if (first === undefined) return new Fault("missing_signature", "signature-input");
  if (more.length === 0) return first;
  const latest = faults.find(({ code }) => code !== "malformed_signature");
  if (latest !== undefined) return latest;
  return new Fault("malformed_signature", first.header, faults.map(({ problem }) => problem).join("; "));
}
