import { Fault } from "@countersign/core/scheme";
import { type Fields, field } from "../compact/json.ts";
import { numericDate } from "../compact/time.ts";
import type { JwtSettings } from "./options.ts";
import type { Pin } from "./pins.ts";

/**
 * Judges what a token claims: its times, and for whom and by whom it was made. That is done before its signature is, so
 * that no key is fetched for a token that would be refused anyway; both are of the same bytes.
 *
 * @param where the header or field, for the reason
 */
export function judgeClaims(claims: Fields, settings: JwtSettings, now: number, where: string): Fault | undefined {
  return judgeTimes(claims, settings, now, where) ?? judgePins(claims, settings.pins, where);
}

function judgeTimes(claims: Fields, settings: JwtSettings, now: number, where: string): Fault | undefined {
  const { clockTolerance: off, maxAge, expires } = settings;
  const malformed = (problem: string): Fault => new Fault("malformed_signature", where, problem);
  for (const name of TIMES) {
    const written = field(claims, name);
    const time = numericDate(written);
    if (written !== undefined && time === undefined) return malformed(`its ${name} is not a time`);
    if (name === "exp" && time === undefined && expires) return malformed("it never expires: it has no exp");
    if (name === "iat" && maxAge !== undefined) {
      if (time === undefined) return malformed("it does not say when it was made: it has no iat");
      continue; // The window is the verifier's.
    }
    if (time === undefined) continue;
    if (name === "exp" && now >= time + off)
      return new Fault("timestamp_too_old", where, now - (numericDate(field(claims, "iat")) ?? time));
    if (name !== "exp" && time > now + off) return new Fault("timestamp_in_future", where, time - now);
  }
  return undefined;
}

/** RFC 7519, 4.1.4 to 4.1.6. */
const TIMES = ["exp", "nbf", "iat"] as const;

/** Each by exact comparison: no case folding, no prefix, no pattern. */
function judgePins(claims: Fields, pins: readonly Pin[], where: string): Fault | undefined {
  for (const { claim, values } of pins) {
    const said = field(claims, claim);
    const list = claim === "aud" && Array.isArray(said) ? said : [said];
    if (!list.some((one) => typeof one === "string" && values.includes(one)))
      return new Fault(
        "unknown_sender",
        where,
        `The token was made for somebody else: its ${claim} is not the one expected`,
      );
    if (claim === "email" && field(claims, "email_verified") !== true)
      return new Fault("unknown_sender", where, "The token's email is not verified: email_verified is not true");
  }
  return undefined;
}
