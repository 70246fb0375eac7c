import type { Field } from "../message/message.ts";
import { asTime } from "../message/time.ts";

/** Events are hostile: every reader takes anything and gives back only what it is for. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = Object.freeze(Object.create(null) as Record<string, unknown>);

/** The value as an object, or an empty one; an array is not one. */
export function object(value: unknown): Json {
  return isObject(value) ? value : NOTHING;
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A scalar as text, anything else as nothing. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : "";
}

/** Scalars of a list, joined; of an object or anything else, nothing. At most twenty are named. */
export function joined(value: unknown): string {
  const all = list(value)
    .map(text)
    .filter((part) => part !== "");
  return all.length > 20 ? `${all.slice(0, 20).join(", ")} and ${all.length - 20} more` : all.join(", ");
}

/** Fields from pairs, without those that have nothing to say. */
export function facts(pairs: readonly (readonly [name: string, value: string | Date | undefined])[]): readonly Field[] {
  return pairs.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [{ name, value }]));
}

/** The same entries, those that are IDs behind the others: a person or a name tells a reader more. */
export function idsLast<Value>(
  entries: readonly (readonly [key: string, value: Value])[],
): (readonly [string, Value])[] {
  const isId = (key: string) => /^ids?$|[a-z]I[dD]s?$|[_-]ids?$/.test(key);
  return [...entries.filter(([key]) => !isId(key)), ...entries.filter(([key]) => isId(key))];
}

/** RFC 3339 as a moment, else as the text it is. */
export function moment(value: unknown): string | Date {
  return (typeof value === "string" ? asTime(value) : undefined) ?? text(value);
}

/** Names of parts that are said in capitals. */
const CAPITALS = /^(ip|id|url|acl|dns|ssh|api|tls|smtp|imap|jmap|http|oidc|mfa|sso|vpn|cpu)$/i;

/** `nodeKeyExpired` and `node_key.expired` as `Node key expired`. */
export function words(name: string): string {
  const split = name
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter((word) => word !== "")
    .map((word) => (CAPITALS.test(word) ? word.toUpperCase() : word.toLowerCase()));
  const sentence = split.join(" ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/**
 * A link, when it leads to a host that the system is known to use. An event's own address under a trusted label is how
 * a link is forged, so any other host is no link.
 */
export function trustedLink(url: unknown, host: RegExp, label: string): { link?: { url: string; label: string } } {
  if (typeof url !== "string" || !URL.canParse(url)) return {};
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" && host.test(hostname) ? { link: { url, label } } : {};
}

/** `Tailscale · example.com`: the system, and whose it is. */
export function sourceOf(system: string, who: unknown): string {
  const name = text(who).trim();
  return name === "" ? system : `${system} · ${name}`;
}
