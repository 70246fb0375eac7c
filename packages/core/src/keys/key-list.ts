import { KeyFault } from "../crypto/key-fault.ts";
import { checkFunction } from "../errors/checks.ts";
import { type SourceKey, usableKeys } from "./key-set.ts";
import { type KeyLookup, lookupOf } from "./lookup.ts";
import type { KeySourceOptions } from "./options.ts";

/** One public key, as a vendor lists it, and the name by which his requests ask for it. */
export interface ListedKey {
  /** By which requests name it; absent where they name none. */
  readonly id?: string;
  /** PEM, a JWK as text, or base64: whatever the option `secret` takes. */
  readonly key: string;
}

/**
 * Public keys in a vendor's own form, as a secret: like `jwks`, but `read` says where in the answer the keys are.
 *
 * @param url the one address that is asked; redirects are not followed
 * @param read the keys of an answer's text; what it throws counts as a failure of the source
 * @throws ConfigurationError for an address that is not https, or an option that is wrong
 * @example
 * ```ts
 * import { keyList } from "@countersign/core/keys";
 *
 * const secret = keyList("https://api.github.com/meta/public_keys/secret_scanning", (text) =>
 *   JSON.parse(text).public_keys.map((one: { key_identifier: string; key: string }) => ({
 *     id: one.key_identifier,
 *     key: one.key,
 *   })),
 * );
 * ```
 */
export function keyList(
  url: string,
  read: (text: string) => readonly ListedKey[],
  options: KeySourceOptions = {},
): KeyLookup {
  checkFunction(read ?? null, "read");
  return lookupOf(url, options, (text) => judge(read(text)));
}

function judge(list: readonly ListedKey[]): readonly SourceKey[] {
  if (!Array.isArray(list)) throw new Error("read gave no list of keys");
  return usableKeys(list as readonly ListedKey[], (one) => {
    const { id, key } = one ?? {};
    if (id !== undefined && typeof id !== "string") throw new KeyFault("has an id that is no text");
    if (typeof key !== "string") throw new KeyFault("is no text");
    return { id, text: key.trim() };
  });
}
