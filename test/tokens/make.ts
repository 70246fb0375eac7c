import {
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign as platformSign,
} from "node:crypto";

/** Tokens made by Node's crypto alone: neither by the package under test nor by its library. */

const encode = (value: unknown): string =>
  Buffer.from(
    typeof value === "string" || value instanceof Uint8Array ? (value as string) : JSON.stringify(value),
  ).toString("base64url");

const HASHES: Readonly<Record<string, string>> = { "256": "sha256", "384": "sha384", "512": "sha512" };

/** A signature by the name of its algorithm. */
export function rawSignature(alg: string, key: KeyObject | string | Uint8Array, input: string | Uint8Array): Buffer {
  const hash = HASHES[alg.slice(2)] ?? null;
  const bytes = Buffer.from(input as string);
  if (alg.startsWith("HS"))
    return createHmac(hash as string, key as string)
      .update(bytes)
      .digest();
  const options = alg.startsWith("PS")
    ? { key: key as KeyObject, padding: 6, saltLength: -1 }
    : { key: key as KeyObject, dsaEncoding: "ieee-p1363" as const };
  return platformSign(hash, bytes, options);
}

/** A compact JWS, header and payload as given: JSON of objects, text and bytes as they are. */
export function compact(
  header: Readonly<Record<string, unknown>>,
  payload: unknown,
  key: KeyObject | string | Uint8Array,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const alg = String(header.alg);
  return `${input}.${alg === "none" ? "" : rawSignature(alg, key, input).toString("base64url")}`;
}

/** A detached one over bytes, encoded or, with `b64: false` in its header, not. */
export function detached(
  header: Readonly<Record<string, unknown>>,
  payload: string | Uint8Array,
  key: KeyObject | string | Uint8Array,
): string {
  const start = encode(header);
  const signed = header.b64 === false ? Buffer.from(payload as string) : Buffer.from(encode(payload));
  const signature = rawSignature(String(header.alg), key, Buffer.concat([Buffer.from(`${start}.`), signed]));
  return `${start}..${signature.toString("base64url")}`;
}

/** A key pair: the private half to sign with, the public one as the option `secret` takes it. */
export interface Pair {
  readonly privateKey: KeyObject;
  readonly pem: string;
  readonly privatePem: string;
  /** The public JWK as JSON. */
  jwk(more?: Readonly<Record<string, unknown>>): string;
  /** The private JWK as JSON, for signing. */
  privateJwk(more?: Readonly<Record<string, unknown>>): string;
}

function pairOf({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Pair {
  const write = (key: KeyObject, more: object): string =>
    JSON.stringify({ ...(key.export({ format: "jwk" }) as JsonWebKey), ...more });
  return {
    privateKey,
    pem: (publicKey.export({ type: "spki", format: "pem" }) as string).trim(),
    privatePem: (privateKey.export({ type: "pkcs8", format: "pem" }) as string).trim(),
    jwk: (more = {}) => write(publicKey, more),
    privateJwk: (more = {}) => write(privateKey, more),
  };
}

export const rsa = pairOf(generateKeyPairSync("rsa", { modulusLength: 2048 }));
export const otherRsa = pairOf(generateKeyPairSync("rsa", { modulusLength: 2048 }));
export const p256 = pairOf(generateKeyPairSync("ec", { namedCurve: "P-256" }));
export const p384 = pairOf(generateKeyPairSync("ec", { namedCurve: "P-384" }));
export const p521 = pairOf(generateKeyPairSync("ec", { namedCurve: "P-521" }));
export const ed25519 = pairOf(generateKeyPairSync("ed25519"));
export const weakRsa = pairOf(generateKeyPairSync("rsa", { modulusLength: 1024 }));

/** Hash of a body, as vendors write it. */
export function hashOf(body: string | Uint8Array, encoding: "hex" | "base64"): string {
  return createHash("sha256").update(body).digest(encoding);
}

/** A private key from PEM. */
export function privateKeyOf(pem: string): KeyObject {
  return createPrivateKey(pem);
}

/** What a verdict comes to: `"accepted"`, or the code of the refusal. */
export async function verdict(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "accepted";
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined || code === "misconfigured") throw error;
    return code;
  }
}
