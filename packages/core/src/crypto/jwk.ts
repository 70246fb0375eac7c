import { fromBase64Url } from "../lib/bytes.ts";
import { withoutZeros } from "../lib/der.ts";
import type { AsymmetricAlgorithm } from "../scheme/algorithms.ts";
import { algorithmRow } from "../scheme/algorithms.ts";
import { KeyFault, PRIVATE_GIVEN } from "./key-fault.ts";
import type { PublicParts } from "./key-parts.ts";

/** A JSON Web Key (RFC 7517) as it came: anything may be in its members. */
export type Jwk = Readonly<Record<string, unknown>>;

/** Whether a text is meant as a JWK. */
export function looksLikeJwk(text: string): boolean {
  return text.startsWith("{");
}

/** @throws KeyFault */
export function parseJwk(text: string): Jwk {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    throw new KeyFault("begins like a JWK and is no JSON");
  }
  return jwk as Jwk; // What begins with a brace and is JSON is an object.
}

/**
 * The public key of a JWK.
 *
 * @throws KeyFault for a secret (`oct`), a private key, a key for another use, or one that is not well formed
 */
export function readPublicJwk(jwk: Jwk): PublicParts {
  if (jwk.kty === "oct") {
    throw new KeyFault(
      'is a shared secret ("kty": "oct") and no public key: whoever verifies with it could sign as well',
    );
  }
  if (jwk.d !== undefined || jwk.k !== undefined) throw new KeyFault(PRIVATE_GIVEN);
  if (jwk.use !== undefined && jwk.use !== "sig") throw new KeyFault('is a JWK whose "use" is not "sig"');
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes("verify"))) {
    throw new KeyFault('is a JWK whose "key_ops" do not allow to verify');
  }
  return jwkParts(jwk);
}

/** The public half of any JWK. @throws KeyFault */
export function jwkParts(jwk: Jwk): PublicParts {
  if (jwk.kty === "RSA") {
    // RFC 7518, 6.3.1.1: some libraries write a zero in front of the modulus.
    return { type: "rsa", modulus: withoutZeros(member(jwk, "n")), exponent: withoutZeros(member(jwk, "e")) };
  }
  if (jwk.kty === "EC" && (jwk.crv === "P-256" || jwk.crv === "P-384")) {
    const size = jwk.crv === "P-256" ? 32 : 48;
    const point = new Uint8Array([4, ...member(jwk, "x", size), ...member(jwk, "y", size)]);
    return { type: jwk.crv, point };
  }
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return { type: "ed25519", point: member(jwk, "x", 32) };
  throw new KeyFault('is a JWK whose "kty" and "crv" are not RSA, EC on P-256 or P-384, or OKP on Ed25519');
}

/** The bytes of a member. @throws KeyFault */
export function member(jwk: Jwk, name: string, size?: number): Uint8Array {
  const text = jwk[name];
  const bytes = typeof text === "string" && text.length <= 4096 ? fromBase64Url(text) : undefined;
  if (bytes === undefined || bytes.length === 0) throw new KeyFault(`is a JWK whose "${name}" is not base64url`);
  if (size !== undefined && bytes.length !== size) throw new KeyFault(`is a JWK whose "${name}" has not ${size} bytes`);
  return bytes;
}

/** Whether what a JWK says of itself lets it serve an algorithm; one that says nothing may. */
export function allowsAlgorithm(jwk: Jwk, algorithm: AsymmetricAlgorithm): boolean {
  return jwk.alg === undefined || jwk.alg === algorithm || algorithmRow(algorithm).jwa.includes(jwk.alg as string);
}
