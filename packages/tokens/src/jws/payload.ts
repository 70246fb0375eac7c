import { base64url } from "jose";
import type { JwsPart } from "./options.ts";

/** The bytes that stand in the payload's place. */
export function payloadOf(parts: readonly JwsPart[], timestamp: string, body: Uint8Array): Uint8Array {
  const [only, ...others] = parts;
  if (typeof only === "object" && only.part === "body" && only.encoding === undefined && others.length === 0)
    return body;
  const pieces = parts.map((part) => {
    if (typeof part === "string") return new TextEncoder().encode(part);
    if (part.part === "timestamp") return new TextEncoder().encode(timestamp);
    return part.encoding === undefined ? body : new TextEncoder().encode(base64url.encode(body));
  });
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
