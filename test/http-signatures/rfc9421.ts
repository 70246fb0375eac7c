import { readFileSync } from "node:fs";
import type { Message, RequestMessage, SignatureAlgorithm } from "@countersign/http-signatures";

interface Written {
  readonly method?: string;
  readonly target?: string;
  readonly status?: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly request?: Written;
}

/** One example of the standard. */
export interface Case {
  /** Such as `"B.2.1"`. */
  readonly section: string;
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: string;
  readonly message: Written;
  readonly label: string;
  /** The signature base, where the standard prints it. */
  readonly base?: string;
  readonly valid: boolean;
}

/** A key of appendix B.1 in each form that it has there. */
export interface KeyPair {
  readonly publicPem: string;
  readonly privatePem: string;
  readonly jwk: Readonly<Record<string, string>>;
}

const read: {
  readonly keys: Readonly<Record<string, KeyPair & { readonly secret: string }>>;
  readonly cases: readonly Case[];
} = JSON.parse(readFileSync(new URL("fixtures/rfc9421.json", import.meta.url), "utf8"));

/** All signed messages of RFC 9421: appendix B, and those of sections 2.4, 3.2 and 4.3. */
export const { cases, keys } = read;

/** Without what only the signer has. */
export function publicJwk(name: string): string {
  const { kty, crv, kid, x, y, n, e } = (keys[name] as KeyPair).jwk;
  return JSON.stringify({ kty, crv, kid, x, y, n, e });
}

/** As this package wants it. The examples came over https. */
export function messageOf({ method, target, status, headers, request }: Written): Message {
  const record: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    record[name] ??= [];
    record[name].push(value);
  }
  if (status !== undefined)
    return { status, headers: record, ...(request && { request: messageOf(request) as RequestMessage }) };
  return { method: method as string, url: `https://${record.Host?.[0]}${target}`, headers: record };
}

/** The message with only one of its signatures. */
export function only(label: string, message: Message): Message {
  const { others, members } = membersOf(message);
  const own = members(label);
  return { ...message, headers: { ...others, "signature-input": own[0], signature: own[1] } };
}

/** What the one signature of a message says. */
export function writtenOf(message: Message) {
  const { others, all } = membersOf(message);
  const [input = "", signature = ""] = all;
  const [, components = ""] = /=\(([^)]*)\)/.exec(input) ?? [];
  return {
    others,
    signature,
    components: components === "" ? [] : components.trim().split(/ +/),
    created: Number(/;created=(\d+)/.exec(input)?.[1]),
  };
}

function membersOf({ headers }: Message) {
  const others: Record<string, string[]> = {};
  const all = ["", ""];
  for (const [name, value] of Object.entries(headers as Record<string, string[] | string>)) {
    const at = ["signature-input", "signature"].indexOf(name.toLowerCase());
    if (at < 0) others[name] = value as string[];
    else all[at] = String(value);
  }
  const members = (label: string) =>
    all.map(
      (text) => text.split(/, *(?=[a-z_0-9-]+=[(:])/).find((one) => one.trim().startsWith(`${label}=`)) ?? "",
    ) as [string, string];
  return { others, all, members };
}
