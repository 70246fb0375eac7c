import { ConfigurationError } from "@countersign/core";
import { AMBIGUOUS, Fault, getHeader, type ProofHead } from "@countersign/core/scheme";

/** Where a token comes in: a header, and what precedes it there. */
export interface Carrier {
  /** In lower case. */
  readonly header: string;
  /** Blank included; may be empty. */
  readonly prefix: string;
}

// RFC 9110, 5.6.2: a token.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const PREFIX = /^[\x20-\x7e]{0,64}$/;

/** Where a scheme's token comes in, checked. @throws ConfigurationError */
export function carrierOf(options: { readonly header?: string; readonly prefix?: string }, path: string): Carrier {
  const { header = "authorization" } = options;
  if (typeof header !== "string" || !HEADER_NAME.test(header))
    throw new ConfigurationError(`${path}.header`, `${path}.header must be the name of a header: "authorization".`);
  const name = header.toLowerCase();
  const { prefix = name === "authorization" ? "Bearer " : "" } = options;
  if (typeof prefix !== "string" || !PREFIX.test(prefix))
    throw new ConfigurationError(`${path}.prefix`, `${path}.prefix must be visible text, such as "Bearer ".`);
  return Object.freeze({ header: name, prefix });
}

/** One header by its lower-case name, or why it cannot be read. */
export function readHeader(head: ProofHead, name: string): string | Fault {
  const value = getHeader(head.headers, name, head.rawHeaders);
  if (value === undefined) return new Fault("missing_signature", name);
  return value === AMBIGUOUS ? new Fault("malformed_signature", name, "it appears twice") : value;
}

/** The token's text as the head shows it. An authentication word in front of a blank matches in any case (RFC 9110, 11.1). */
export function readCarried(head: ProofHead, { header, prefix }: Carrier): string | Fault {
  const value = readHeader(head, header);
  if (typeof value !== "string") return value;
  const start = value.slice(0, prefix.length);
  const same = prefix.endsWith(" ") ? start.toLowerCase() === prefix.toLowerCase() : start === prefix;
  if (same) return value.slice(prefix.length);
  return new Fault("malformed_signature", header, `it does not read "${prefix}<token>"`);
}
