import { fromHex } from "../lib/bytes.ts";

/** y² = x³ − 3x + b over a prime field: FIPS 186-5 and SP 800-186, 3.2.1. */
const WEIERSTRASS = {
  "P-256": {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  "P-384": {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
} as const;

/** The number of points of each curve, big end first: what r and s of a signature are below. */
export const ORDERS = {
  "P-256": order("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  "P-384": order("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
} as const;

function order(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array;
}

/** The curve of an uncompressed point of this length, 4 and then x and y; whether it lies on it is another question. */
export function curveOfPoint(point: Uint8Array): keyof typeof ORDERS | undefined {
  if (point[0] !== 4) return undefined;
  return point.length === 65 ? "P-256" : point.length === 97 ? "P-384" : undefined;
}

/** Whether an uncompressed point satisfies the equation of its curve, with reduced coordinates (SP 800-56A, 5.6.2.3.3). */
export function isOnCurve(point: Uint8Array, curve: keyof typeof WEIERSTRASS): boolean {
  const size = (point.length - 1) / 2;
  const { p, b } = WEIERSTRASS[curve];
  const x = toBigInt(point.subarray(1, 1 + size));
  const y = toBigInt(point.subarray(1 + size));
  return x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n;
}

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** What is wrong with the 32 bytes of an Ed25519 public key, or nothing. */
export function ed25519Fault(key: Uint8Array): "small order" | "no point" | undefined {
  const y = toBigInt(key.slice().reverse()) & (2n ** 255n - 1n);
  if (isSmallOrder(y % P)) return "small order";
  if (y >= P) return "no point"; // RFC 8032, 5.1.3: decoding fails.
  const square = y * y;
  const u = mod(square - 1n);
  const v = mod(D * square + 1n);
  // x² = u / v has a root, if u / v is a square: by Euler's criterion, of u · v, which is one as well.
  return power(mod(u * v), (P - 1n) / 2n) === 1n ? undefined : "no point";
}

/** One y of order 8; the other is its negative. RFC 7748 lists none for Edwards curves, a test computes them. */
const ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;

/**
 * Points of order 1, 2, 4 and 8, by their y. One fixed signature proves every message, or a good share of all messages,
 * to such a key.
 */
function isSmallOrder(y: bigint): boolean {
  return y === 0n || y === 1n || y === P - 1n || y === ORDER_8 || y === P - ORDER_8;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

function mod(value: bigint): bigint {
  return ((value % P) + P) % P;
}

/** A number from its bytes, big end first. */
export function toBigInt(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}
