import type { Candidate } from "../candidate/candidate.ts";
import type { Component } from "../component/identifier.ts";
import { headerValue } from "../field/lines.ts";
import type { Message } from "../field/message.ts";
import { readDictionary } from "../field/structured.ts";
import type { KeyUrl } from "./rules.ts";

/** The longest URL that is handed on, in characters. */
const LONGEST = 2048;

/**
 * Where the message says that the key of a signature is published, if the signature covers that: an unproven word, for a
 * lookup to compare with what it knows. An origin alone stands for its directory.
 */
export function keyUrlOf({ components, label }: Candidate, message: Message, row: KeyUrl): string | undefined {
  const covered = components.filter(({ name, trailer, request }) => name === row.header && !trailer && !request);
  const member = coveredMember(covered, row.member, label);
  const text = member === undefined ? undefined : headerValue(message, row.header);
  if (member === undefined || typeof text !== "string" || text.length > LONGEST) return undefined;
  // A string alone is the older form of the header.
  const bare = /^"([\x21\x23-\x5b\x5d-\x7e]*)"$/.exec(text);
  if (bare !== null) return located(bare[1] as string, undefined, row);
  const [value, parameters] = readDictionary(text)?.get(member) ?? [];
  const type: unknown = parameters?.get("type");
  return typeof value === "string" ? located(value, type === undefined ? undefined : String(type), row) : undefined;
}

/** The member that is both meant and covered; with `"{any}"` the first that is covered by name, else the label's own. */
function coveredMember(covered: readonly Component[], wanted: string, label: string): string | undefined {
  const named = covered.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const whole = named.length < covered.length;
  const member = wanted === "{any}" ? (named[0] ?? label) : wanted === "{label}" ? label : wanted;
  return whole || named.includes(member) ? member : undefined;
}

function located(url: string, type: string | undefined, { directory }: KeyUrl): string | undefined {
  if (!/^https:\/\/[^\s"\\]+$/.test(url)) return undefined;
  if (directory === undefined || type === "jwks_uri") return url;
  if (type !== undefined && type !== "directory") return undefined;
  const origin = /^(https:\/\/[^/?#@]+)\/?$/.exec(url);
  return origin === null ? undefined : origin[1] + directory;
}
