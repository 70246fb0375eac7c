import { platform } from "#platform";
import type { Component } from "../component/identifier.ts";
import { type InnerList, readInnerList } from "../field/structured.ts";
import type { Candidate } from "./candidate.ts";
import { LATEST, PARAMETERS, type SignatureParameters } from "./parameters.ts";

const TEXT = '"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"';
const COMPONENT = `${TEXT}(?:;[a-z]+(?:=${TEXT})?)*`;
const PARAMETER = `;[a-z]+=(?:0|[1-9]\\d{0,11}|${TEXT})`;
/** One signature, written as it is signed: no blank too many, no escape, no unusual type. */
const INPUT = new RegExp(`^([a-z*][a-z0-9_.*-]*)=(\\((?:${COMPONENT}(?: ${COMPONENT})*)?\\))((?:${PARAMETER})*)$`);
const SIGNATURE = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]+={0,2}):$/;

/** Lists of components that were read; a sender has few, and writes them in each request. */
const lists = new Map<string, readonly Component[]>();
const MOST_LISTS = 256;
const LONGEST_LIST = 1024;

/**
 * The one signature of a message that writes it as nearly all do. Without a parser of structured fields, which takes longer
 * than the rest of the judgement; whatever is written otherwise is left to that: benchmark rows "verify RFC 9421".
 *
 * @param read checks the components of a list that was not seen yet
 */
export function readUsual(
  inputs: string,
  signatures: string,
  read: (items: InnerList[0]) => readonly Component[] | string,
): Candidate | undefined {
  const input = INPUT.exec(inputs);
  const signature = SIGNATURE.exec(signatures);
  if (input === null || signature === null || input[1] !== signature[1]) return undefined;
  const [, label = "", list = "", written = ""] = input;
  const base64 = signature[2] as string;
  if (base64.length % 4 !== 0) return undefined;
  const parameters = readWritten(written);
  const components = lists.get(list) ?? readList(list, read);
  if (parameters === undefined || components === undefined) return undefined;
  return { label, components, parameters, input: list + written, signature: platform.fromBase64(base64) };
}

/** One shape for all, which costs less than an object that grows. */
class Written {
  created: number | undefined = undefined;
  expires: number | undefined = undefined;
  nonce: string | undefined = undefined;
  alg: string | undefined = undefined;
  keyid: string | undefined = undefined;
  tag: string | undefined = undefined;
}

function readWritten(written: string): SignatureParameters | undefined {
  const read = new Written();
  let end = 0;
  while (end < written.length) {
    const equals = written.indexOf("=", end);
    const name = written.slice(end + 1, equals) as keyof Written;
    const quoted = written.charCodeAt(equals + 1) === 0x22;
    const next = quoted ? written.indexOf('"', equals + 2) + 1 : written.indexOf(";", equals);
    end = next < 0 ? written.length : next;
    // Unknown, twice, or of the wrong type: for the parser of structured fields.
    if (!PARAMETERS.includes(name) || read[name] !== undefined) return undefined;
    if (name === "created" || name === "expires") {
      const time = quoted ? Number.NaN : Number(written.slice(equals + 1, end));
      if (!(time <= LATEST)) return undefined;
      read[name] = time;
    } else if (quoted) read[name] = written.slice(equals + 2, end - 1);
    else return undefined;
  }
  return read;
}

function readList(list: string, read: (items: InnerList[0]) => readonly Component[] | string) {
  const components = read(readInnerList(list)?.[0] ?? []);
  if (typeof components === "string" || (components.length === 0 && list !== "()")) return undefined;
  if (list.length <= LONGEST_LIST) {
    if (lists.size >= MOST_LISTS) lists.clear();
    lists.set(list, components);
  }
  return components;
}
