import { Fault } from "@countersign/core/scheme";
import { serializeInnerList } from "structured-headers";
import { type Component, readComponent } from "../component/identifier.ts";
import { headerValue, Unclear } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { type Dictionary, type InnerList, readDictionary } from "../field/structured.ts";
import type { Candidate } from "./candidate.ts";
import { LIMITS } from "./limits.ts";
import { readParameters } from "./parameters.ts";
import { readUsual } from "./usual.ts";

/** What a message offers. */
export interface Offered {
  readonly candidates: readonly Candidate[];
  /** Why others of its signatures cannot be judged. */
  readonly faults: readonly Fault[];
}

const INPUT = "signature-input";
const SIGNATURE = "signature";

/** All signatures of a message, by their grammar alone (RFC 9421, 4). */
export function readCandidates(source: HeaderSource): Offered | Fault {
  const signatureText = readText(source, SIGNATURE);
  if (signatureText instanceof Fault) return signatureText;
  const inputText = readText(source, INPUT);
  if (inputText instanceof Fault) return inputText;
  const usual = readUsual(inputText, signatureText, readComponents);
  if (usual !== undefined) return { candidates: [usual], faults: [] };
  const signatures = readMembers(signatureText, SIGNATURE);
  if (signatures instanceof Fault) return signatures;
  const inputs = readMembers(inputText, INPUT);
  if (inputs instanceof Fault) return inputs;
  if (inputs.size > LIMITS.signatures)
    return malformed(INPUT, `it names ${inputs.size} signatures, and more than ${LIMITS.signatures} are not tried`);
  const candidates: Candidate[] = [];
  const faults: Fault[] = [];
  for (const [label, member] of inputs) {
    const candidate = readOne(label, member, signatures.get(label));
    if (typeof candidate === "string") faults.push(malformed(INPUT, `${label}: ${candidate}`));
    else candidates.push(candidate);
  }
  return { candidates, faults };
}

function readText(source: HeaderSource, name: string): string | Fault {
  const text = headerValue(source, name);
  if (text === undefined) return new Fault("missing_signature", name);
  if (text instanceof Unclear) return malformed(name, text.problem);
  return text.length > LIMITS.header ? malformed(name, `it is longer than ${LIMITS.header} characters`) : text;
}

function readMembers(text: string, name: string): Dictionary | Fault {
  const read = readDictionary(text);
  if (read === undefined) return malformed(name, "it is no dictionary with each label once (RFC 9421, 4)");
  return read.size === 0 ? new Fault("missing_signature", name, "it is empty") : read;
}

function readOne(label: string, member: unknown, given: unknown): Candidate | string {
  const [items, own] = member as InnerList;
  if (!Array.isArray(items)) return "it is no list of components in parentheses";
  const value: unknown = Array.isArray(given) ? given[0] : undefined;
  if (given === undefined) return 'it has no value in "signature"';
  if (!(value instanceof ArrayBuffer)) return 'its value in "signature" is no byte sequence';
  const components = readComponents(items);
  if (typeof components === "string") return components;
  const parameters = readParameters(own);
  if (typeof parameters === "string") return parameters;
  return { label, components, parameters, input: serializeInnerList([items, own]), signature: new Uint8Array(value) };
}

/** The components of a list, each once, or a phrase that says what is wrong with them. */
export function readComponents(items: InnerList[0]): readonly Component[] | string {
  if (items.length > LIMITS.components) return `it covers more than ${LIMITS.components} components`;
  const components: Component[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    const component = readComponent(item);
    if (typeof component === "string") return component;
    if (seen.has(component.same)) return `it covers ${component.id} twice`;
    seen.add(component.same);
    components.push(component);
  }
  return components;
}

function malformed(header: string, problem: string): Fault {
  return new Fault("malformed_signature", header, problem);
}
