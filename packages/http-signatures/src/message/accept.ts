import { ConfigurationError } from "@countersign/core";
import { Fault } from "@countersign/core/scheme";
import { type BareItem, serializeDictionary } from "structured-headers";
import { readComponents } from "../candidate/candidates.ts";
import { LIMITS } from "../candidate/limits.ts";
import { readAll } from "../coverage/compile.ts";
import { headerValue, Unclear } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { type InnerList, readDictionary } from "../field/structured.ts";
import { checkLabel, items } from "../signature/make.ts";

/** A signature that is asked for (RFC 9421, 5). */
export interface RequestedSignature {
  /** The name that the signature is to have in both headers: lower case, such as `"sig1"`. */
  readonly label: string;
  /** Exactly what it is to cover: `@method`, `content-digest`, `@query-param;name="id"`. */
  readonly components: readonly string[];
  /** Whether it is to say when it was made. */
  readonly created?: boolean;
  /** Whether it is to say when it ends. */
  readonly expires?: boolean;
  /** Text that the signature must repeat as its own nonce: whoever asks with a new one each time cannot be sent an old answer. */
  readonly nonce?: string;
  /** The algorithm that it is to be made with, by its name in the registry: `"ed25519"`. */
  readonly alg?: string;
  /** The name of the key that it is to be made with, where the two sides have agreed on such names. */
  readonly keyid?: string;
  /** Text that the signature must repeat as its own tag, which says what it is meant for. */
  readonly tag?: string;
}

const FLAGS = ["created", "expires"] as const;
const TEXTS = ["nonce", "alg", "keyid", "tag"] as const;

/**
 * The value of `Accept-Signature`: in an answer it asks the client to sign its next request so, in a request the server to
 * sign its answer.
 *
 * @throws ConfigurationError for what the header cannot say
 * @example
 * ```ts
 * import { acceptSignature } from "@countersign/http-signatures";
 *
 * const value = acceptSignature([
 *   { label: "sig1", components: ["@method", "@target-uri"], created: true, keyid: "test-key-rsa-pss", tag: "app-123" },
 * ]);
 * console.log(value); // sig1=("@method" "@target-uri");created;keyid="test-key-rsa-pss";tag="app-123"
 * ```
 */
export function acceptSignature(requests: readonly RequestedSignature[]): string {
  const members = new Map<string, InnerList>();
  requests.forEach((request, index) => {
    const option = `requests[${index}]`;
    const label = checkLabel(request.label, `${option}.label`);
    if (members.has(label)) throw new ConfigurationError(`${option}.label`, `${option}.label stands there twice.`);
    const parameters = new Map<string, BareItem>();
    for (const name of FLAGS) if (request[name] === true) parameters.set(name, true);
    for (const name of TEXTS) {
      const value = request[name];
      if (value === undefined) continue;
      if (typeof value !== "string" || /[^\x20-\x7e]/.test(value))
        throw new ConfigurationError(`${option}.${name}`, `${option}.${name} must be visible ASCII.`);
      parameters.set(name, value);
    }
    members.set(label, [items(readAll(request.components, `${option}.components`)), parameters]);
  });
  return serializeDictionary(members);
}

/** What a message asks to be signed: an empty list where nothing, a fault where nobody could say what. */
export function readAcceptSignature(source: HeaderSource): readonly RequestedSignature[] | Fault {
  const malformed = (problem: string) => new Fault("malformed_signature", "accept-signature", problem);
  const text = headerValue(source, "accept-signature");
  if (text === undefined) return [];
  if (text instanceof Unclear) return malformed(text.problem);
  const read = text.length > LIMITS.header ? undefined : readDictionary(text);
  if (read === undefined) return malformed("it is no dictionary with each label once (RFC 9421, 5.1)");
  if (read.size > LIMITS.signatures) return malformed(`it asks for more than ${LIMITS.signatures} signatures`);
  const requests: RequestedSignature[] = [];
  for (const [label, [list, parameters]] of read) {
    const components = Array.isArray(list) ? readComponents(list) : "it is no list of components in parentheses";
    if (typeof components === "string") return malformed(`${label.slice(0, 40)}: ${components}`);
    const own: Record<string, string | boolean> = {};
    for (const name of FLAGS) if (parameters.has(name)) own[name] = true;
    for (const name of TEXTS) {
      const value = parameters.get(name);
      if (value === undefined) continue;
      if (typeof value !== "string") return malformed(`${label.slice(0, 40)}: "${name}" is no string`);
      own[name] = value;
    }
    requests.push({ label, components: components.map(({ id }) => id), ...own });
  }
  return requests;
}
