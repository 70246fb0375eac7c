import { faultsAs, publicParts } from "../crypto/key-text.ts";
import { splitPem } from "../crypto/pem.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { KeyLookup } from "./lookup.ts";

/**
 * Public keys in PEM, as a secret: what a vendor's page shows, or a file as it is, with the line break at its end. It may
 * hold several keys (a rotation: any may verify), and a certificate counts as the key in it: neither its time nor its
 * issuer is looked at.
 *
 * @param text PEM; line breaks may be written as `\n`, as env files do
 * @throws ConfigurationError for text without a key, a private key, or a weak one
 * @example
 * ```ts
 * import { pem } from "@countersign/core/keys";
 *
 * const secret = pem("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----");
 * ```
 */
export function pem(text: string): KeyLookup {
  if (typeof text !== "string" || text.trim() === "") {
    throw new ConfigurationError("text", "text is missing or empty. Is the environment variable set?");
  }
  const lines = text.includes("\n") ? text : text.replaceAll("\\n", "\n");
  const blocks = splitPem(lines);
  if (blocks.length === 0) throw new ConfigurationError("text", "text is no PEM: it has no -----BEGIN and END line.");
  for (const block of blocks) faultsAs("text", () => publicParts(block));
  const keys = blocks.length === 1 ? (blocks[0] as string) : Object.freeze(blocks);
  return function pemKeys() {
    return keys;
  };
}
