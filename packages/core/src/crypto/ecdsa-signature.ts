import { readSequence, readUnsigned, SEQUENCE, withoutZeros, writeDer, writeUnsigned } from "../lib/der.ts";
import { ORDERS } from "./curves.ts";

/** The curves whose signatures have two forms. */
type Curve = keyof typeof ORDERS;

/**
 * r and s at their full length, of a DER signature that is written in the one right way (X.690) and in range; else
 * `undefined`. A second spelling of a signature would be a second replay key.
 */
export function derToRaw(signature: Uint8Array, curve: Curve): Uint8Array | undefined {
  const size = ORDERS[curve].length;
  const numbers = readSequence(signature);
  if (numbers?.length !== 2) return undefined;
  const raw = new Uint8Array(size * 2);
  for (const [index, number] of numbers.entries()) {
    const magnitude = readUnsigned(number);
    if (magnitude === undefined || magnitude.length > size) return undefined;
    raw.set(magnitude, size * (index + 1) - magnitude.length);
  }
  return inRange(raw, curve) ? raw : undefined;
}

/** The DER form of r and s at their full length. */
export function rawToDer(raw: Uint8Array): Uint8Array {
  const size = raw.length / 2;
  return writeDer(
    SEQUENCE,
    writeUnsigned(withoutZeros(raw.subarray(0, size))),
    writeUnsigned(withoutZeros(raw.subarray(size))),
  );
}

/** Whether r and s have their full length and lie from 1 to the order less 1 (FIPS 186-5, 6.4.2). */
export function inRange(raw: Uint8Array, curve: Curve): boolean {
  const order = ORDERS[curve];
  const size = order.length;
  if (raw.length !== size * 2) return false;
  return isBelow(raw, 0, order) && isBelow(raw, size, order);
}

/** Whether the number at `start` is positive and less than the order. */
function isBelow(raw: Uint8Array, start: number, order: Uint8Array): boolean {
  let some = 0;
  let compared = 0;
  for (let i = 0; i < order.length; i++) {
    const byte = raw[start + i] as number;
    some |= byte;
    if (compared === 0) compared = byte - (order[i] as number);
  }
  return some !== 0 && compared < 0;
}
