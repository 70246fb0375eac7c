import { ConfigurationError } from "@countersign/core";
import type { Secret } from "@countersign/core/scheme";
import { fromBase64Url } from "../compact/base64url.ts";
import { type Fields, field, objectOf, textOf } from "../compact/json.ts";
import { readCertificate } from "../der/certificate.ts";
import { bitsOf, type KeyType, readPublicKey } from "../der/public-key.ts";

/** A public key as it was given, read and found usable. */
export interface Material {
  /** What kind of key it is. */
  readonly type: KeyType;
  /** Its name, where it is a JWK that has one. */
  readonly keyId: string | undefined;
  /** The one algorithm that a JWK says it is for. */
  readonly algorithm: string | undefined;
  /** SubjectPublicKeyInfo in DER, or a JWK. */
  readonly key: Uint8Array<ArrayBuffer> | Fields;
}

const PEM = /^\s*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/;
const CURVES = new Set<unknown>(["P-256", "P-384", "P-521"]);

/** A public key: PEM (a key or a certificate), or a JWK as JSON. @throws ConfigurationError */
export function readMaterial(secret: Secret): Material {
  const text = typeof secret === "string" ? secret : textOf(secret);
  if (text === undefined) throw wrong("it is neither PEM nor the JSON of a JWK");
  const jwk = objectOf(text);
  return jwk === undefined ? fromPem(text) : fromJwk(jwk);
}

/** Whether a text is a key of the other family: a shared secret it must never be (RFC 8725, 2.1). */
export function looksPublic(text: string): boolean {
  const jwk = objectOf(text);
  return jwk === undefined ? text.includes("-----BEGIN ") : field(jwk, "kty") !== undefined;
}

function fromPem(text: string): Material {
  const [, label, base64 = ""] = PEM.exec(text) ?? [];
  if (label === undefined) throw wrong("it is neither PEM nor the JSON of a JWK");
  if (label.endsWith("PRIVATE KEY"))
    throw wrong("it is a private key: keep that with the sender, and give the public one");
  const der = fromBase64Url(base64.replace(/[\s=]/g, "").replaceAll("+", "-").replaceAll("/", "_"));
  const key = der === undefined || label !== "CERTIFICATE" ? der : readCertificate(der)?.publicKey;
  if (key === undefined || (label !== "CERTIFICATE" && label !== "PUBLIC KEY"))
    throw wrong(`its PEM is "${label}": a "PUBLIC KEY" or a "CERTIFICATE" can be read`);
  const read = readPublicKey(key);
  if (read === undefined) throw wrong("it is no RSA, P-256, P-384, P-521 or Ed25519 key");
  if (read.type === "RSA") checkBits(read.bits);
  if (read.type === "Ed25519") checkOrder(key.subarray(-32)); // The point is the last of it.
  return { type: read.type, keyId: undefined, algorithm: undefined, key: Uint8Array.from(key) };
}

function fromJwk(jwk: Fields): Material {
  const at = (name: string): unknown => field(jwk, name);
  if (at("keys") !== undefined) throw wrong("it is a set of keys: give each of them, or read the set with jwks()");
  if (at("d") !== undefined || at("k") !== undefined)
    throw wrong("it is a private key: keep that with the sender, and give the public one");
  if (at("use") !== undefined && at("use") !== "sig")
    throw wrong('its "use" is not "sig": it is no key for signatures');
  const type = typeOf(at("kty"), at("crv"));
  if (type === undefined) throw wrong("it is no RSA, P-256, P-384, P-521 or Ed25519 key");
  const members = type === "RSA" ? ["n", "e"] : type === "Ed25519" ? ["x"] : ["x", "y"];
  const values = members.map((name) => fromBase64Url(String(at(name) ?? "*")));
  if (values.includes(undefined)) throw wrong(`it lacks ${members.map((name) => `"${name}"`).join(" or ")}`);
  if (type === "RSA") checkBits(bitsOf(values[0] as Uint8Array));
  if (type === "Ed25519") checkOrder(values[0] as Uint8Array);
  const key = Object.fromEntries(["kty", "crv", ...members].map((name) => [name, at(name)]));
  return { type, keyId: textAt(at("kid")), algorithm: textAt(at("alg")), key };
}

function typeOf(kty: unknown, crv: unknown): KeyType | undefined {
  if (kty === "RSA") return "RSA";
  if (kty === "EC" && CURVES.has(crv)) return crv as KeyType;
  return kty === "OKP" && crv === "Ed25519" ? "Ed25519" : undefined;
}

function textAt(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** RFC 7518, 3.3. */
function checkBits(bits: number): void {
  if (bits < 2048) throw wrong(`it is an RSA key of ${bits} bits, which can be broken: 2048 are the least`);
  if (bits > 16_384) throw wrong(`it is an RSA key of ${bits} bits: 16384 are the most`);
}

/** y of the points of order 1, 2, 4 and 8, in each spelling; their sign is the last bit. */
const SMALL_ORDER =
  /^(?:0[01](?:00){31}|e[cde](?:ff){30}7f|26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05|c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a)$/;

/** One fixed signature proves every message, or a good share of them, to such a key. */
function checkOrder(point: Uint8Array): void {
  const y = Array.from(point, (byte, index) => (index === 31 ? byte & 0x7f : byte).toString(16).padStart(2, "0"));
  if (SMALL_ORDER.test(y.join(""))) throw wrong("it is of small order, and anybody can forge signatures to it");
}

function wrong(what: string): ConfigurationError {
  return new ConfigurationError("secret", `secret must be the sender's public key, as PEM or as a JWK: ${what}.`);
}
