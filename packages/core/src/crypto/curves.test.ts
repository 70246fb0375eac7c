import { expect, test } from "vitest";
import { readPublicKey } from "./key-text.ts";

/** The curve's arithmetic, from RFC 8032, 5.1: which points have an order that divides 8. */
const P = 2n ** 255n - 19n;
const D = (-121665n * inverse(121666n)) % P;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = ((base % P) + P) % P;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

function inverse(of: bigint): bigint {
  return power(of, P - 2n);
}

/** y of the doubled point, from y alone: x² = (y² − 1) / (d·y² + 1). */
function doubled(y: bigint): bigint {
  const y2 = (y * y) % P;
  const x2 = ((((y2 - 1n + P) * inverse(D * y2 + 1n)) % P) + P) % P;
  return ((((y2 + x2) * inverse(1n - D * x2 * y2)) % P) + P) % P;
}

function asKey(y: bigint, sign: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let at = 0, rest = y; at < 32; at++, rest >>= 8n) bytes[at] = Number(rest & 255n);
  bytes[31] = (bytes[31] as number) | (sign << 7);
  return bytes;
}

test("an Ed25519 public key of small order is refused, in each of its spellings", () => {
  const order8 = [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ].map((hex) => BigInt(`0x${Buffer.from(hex, "hex").reverse().toString("hex")}`));
  const points = [0n, 1n, P - 1n, P, P + 1n, ...order8];
  for (const y of points) {
    expect(doubled(doubled(doubled(y % P)))).toBe(1n); // The neutral element has y = 1.
    for (const sign of [0, 1] as const) expect(() => readPublicKey("ed25519", asKey(y, sign))).toThrow(/small order/);
  }
  const genuine = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"; // RFC 8032, 7.1, test 1
  expect(readPublicKey("ed25519", genuine)).toHaveLength(44);
});
