import type { InnerList } from "../field/structured.ts";

/** What a signature says of itself; all of it is signed (RFC 9421, 2.3). */
export interface SignatureParameters {
  /** When it was made, in seconds since 1970. */
  readonly created?: number | undefined;
  /** When it stops to hold, in seconds since 1970. */
  readonly expires?: number | undefined;
  /** Text that no other signature of the signer has, so that a repetition can be told. */
  readonly nonce?: string | undefined;
  /** The algorithm, by its name in the registry; must agree with the key. */
  readonly alg?: string | undefined;
  /** Which key of the signer's made it: a claim. */
  readonly keyid?: string | undefined;
  /** What the application means it for: `"web-bot-auth"`. */
  readonly tag?: string | undefined;
}

/** The names of the registry, in the order in which they are written. */
export const PARAMETERS = ["created", "expires", "nonce", "alg", "keyid", "tag"] as const;

const TIMES: readonly string[] = ["created", "expires"];
/** Beyond it, milliseconds would not be exact; so would no sender mean it. */
export const LATEST = 253_402_300_799; // The end of the year 9999.

/** The known parameters, or a phrase where one of them is no such thing. Unknown ones are signed, and mean nothing here. */
export function readParameters(parameters: InnerList[1]): SignatureParameters | string {
  const read: Record<string, string | number> = {};
  for (const name of PARAMETERS) {
    const value = parameters.get(name);
    if (value === undefined) continue;
    if (TIMES.includes(name)) {
      if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > LATEST)
        return `"${name}" is no time in whole seconds`;
    } else if (typeof value !== "string") return `"${name}" is no string`;
    read[name] = value as string | number;
  }
  return read;
}
