/** Why a text is no key that can be used: the end of a sentence whose subject is the key. It quotes nothing secret. */
export class KeyFault extends Error {
  override readonly name = "KeyFault";
}

/** Said of a private key where a public one is wanted. */
export const PRIVATE_GIVEN =
  "is a private key, and to verify needs the public one: give that, and keep the private key with who signs";
