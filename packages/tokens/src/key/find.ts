import { Fault, type FindKeys } from "@countersign/core/scheme";
import type { Compact } from "../compact/compact.ts";
import type { ProtectedHeader } from "../compact/protected-header.ts";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";
import type { TokenKey } from "./token-key.ts";

/** A token whose head was read, with the name of what it came in. */
export interface Signed {
  /** The header or field that it came in, for the reason of a refusal. */
  readonly where: string;
  /** Its three parts. */
  readonly token: Compact;
  /** What of its header is used. */
  readonly header: ProtectedHeader;
}

/** The index of the key that signed it, or the fault. Keys are asked for by what the sender says, which proves nothing. */
export async function findSigner(
  { token, header, where }: Signed,
  payload: string | Uint8Array,
  keys: FindKeys<TokenKey>,
  wanted: string | undefined = header.keyId,
): Promise<number | Fault> {
  const { algorithm } = header;
  const found = await keys({
    ...(wanted === undefined ? {} : { keyId: wanted }),
    ...(ALGORITHMS[algorithm as Algorithm].unlisted === true ? {} : { algorithm }),
  });
  let tried = 0;
  for (const [index, key] of found.entries()) {
    if (!key.fits(algorithm, wanted)) continue;
    tried++;
    if (await key.verify(token, algorithm, payload)) return index;
  }
  const problem = tried === 0 ? "no key is for its algorithm and key id" : "no key verifies it";
  return new Fault("signature_mismatch", where, problem);
}
