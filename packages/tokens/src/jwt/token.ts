import { Fault } from "@countersign/core/scheme";
import { readCompact } from "../compact/compact.ts";
import { type Fields, field, segmentObject } from "../compact/json.ts";
import { readProtected } from "../compact/protected-header.ts";
import { numericDate } from "../compact/time.ts";
import type { Signed } from "../key/find.ts";
import { judgeClaims } from "./claims.ts";
import type { JwtSettings } from "./options.ts";

/** A JWT as its text shows it: well formed, in time, and for us; not yet proven. */
export interface Claimed extends Signed {
  /** What it claims. */
  readonly claims: Fields;
  /** Which key to ask for; unproven. */
  readonly wanted: string | undefined;
  /** When it was made, in milliseconds, where its age counts. */
  readonly madeAt: number | undefined;
}

/** Reads a JWT, and judges all of it but its signature. */
export function readToken(text: string, settings: JwtSettings, now: number, where: string): Claimed | Fault {
  const malformed = (problem: string): Fault => new Fault("malformed_signature", where, problem);
  const token = readCompact(text, false);
  if (typeof token === "string") return malformed(token);
  const header = readProtected(token, { ...settings, unencoded: false });
  if (typeof header === "string") return malformed(header);
  const claims = segmentObject(token.payload);
  if (claims === undefined) return malformed("its claims are not a JSON object in base64url");
  const fault = judgeClaims(claims, settings, now, where);
  if (fault !== undefined) return fault;
  const wanted = settings.keyIdClaim === undefined ? header.keyId : field(claims, settings.keyIdClaim);
  if (wanted !== undefined && (typeof wanted !== "string" || !/^[\x20-\x7e]{1,256}$/.test(wanted)))
    return malformed(`its ${settings.keyIdClaim} is not 1 to 256 visible characters`);
  const madeAt = settings.maxAge === undefined ? undefined : numericDate(field(claims, "iat"));
  return { where, token, header, claims, wanted: wanted as string | undefined, madeAt };
}
