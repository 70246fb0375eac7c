import type { Compact } from "./compact.ts";
import { type Fields, field } from "./json.ts";

/** What a token's header must say (RFC 7515, 4.1; RFC 8725, 3.1 and 3.11). */
export interface HeaderRules {
  /** The only algorithms that are allowed, by their names in `alg`. */
  readonly algorithms: readonly string[];
  /** The types that are allowed in `typ`; one that is not there is allowed, unless {@link typed}. */
  readonly types: readonly string[];
  /** Whether `typ` must be there. */
  readonly typed: boolean;
  /**
   * Whether the payload is signed as it is (RFC 7797). The header must then say so, and that this is critical; with
   * `"unsaid"` the latter may be missing, as it is from some vendors: the rule decides, not the header.
   */
  readonly unencoded: boolean | "unsaid";
}

/** What is used of a header: everything else in it (`jku`, `jwk`, `x5u`, `x5c`) is the sender's own word, and ignored. */
export interface ProtectedHeader {
  /** The algorithm, one of those allowed. */
  readonly algorithm: string;
  /** Which key the sender says it is; unproven. */
  readonly keyId: string | undefined;
}

/** What a key may be called: text that can be compared and looked up, and nothing to be fetched or opened. */
const KEY_ID = /^[\x20-\x7e]{1,256}$/;

/** Reads a token's header against the rules; a phrase says what is wrong with it. */
export function readProtected({ header }: Compact, rules: HeaderRules): ProtectedHeader | string {
  const algorithm = field(header, "alg");
  if (typeof algorithm !== "string" || !rules.algorithms.includes(algorithm))
    return "its algorithm is not one of those allowed";
  const type = field(header, "typ");
  if (type === undefined ? rules.typed : !rules.types.some((wanted) => isType(type, wanted)))
    return "it is a token of another type";
  const critical = readCritical(header, rules.unencoded);
  if (critical !== undefined) return critical;
  const keyId = field(header, "kid");
  if (keyId !== undefined && (typeof keyId !== "string" || !KEY_ID.test(keyId)))
    return "its key id is not 1 to 256 visible characters";
  return { algorithm, keyId: keyId as string | undefined };
}

/** `application/` may be left out, and case does not count (RFC 7515, 4.1.9). */
function isType(type: unknown, wanted: string): boolean {
  if (typeof type !== "string") return false;
  return type.toLowerCase().replace(/^application\//, "") === wanted.toLowerCase().replace(/^application\//, "");
}

function readCritical(header: Fields, unencoded: HeaderRules["unencoded"]): string | undefined {
  const critical = field(header, "crit");
  const b64 = field(header, "b64");
  if (unencoded !== false) {
    const said = Array.isArray(critical) && critical.length === 1 && critical[0] === "b64";
    return b64 === false && (said || (critical === undefined && unencoded === "unsaid"))
      ? undefined
      : "it does not say that its payload is unencoded, and that this is critical";
  }
  if (critical !== undefined) return "it makes an extension critical that is not known here";
  return b64 === undefined || b64 === true ? undefined : "its payload is not encoded, which is not expected here";
}
