import { type Fields, field } from "../compact/json.ts";
import { notAhead, notPast, numericDate } from "../compact/time.ts";
import { Fault } from "../contract.ts";
import type { JwtSettings, Pin } from "./options.ts";

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
  const { clockTolerance: off } = settings;
  const malformed = (problem: string): Fault => new Fault("malformed_signature", where, problem);
  for (const name of ["exp", "nbf", "iat"]) {
    const written = field(claims, name);
    if (written === undefined) {
      if (name === "exp" && settings.expires) return malformed("it never expires: it has no exp");
      if (name === "iat" && settings.maxAge !== undefined) return malformed("it does not say when it was made: it has no iat");
      continue;
    }
    const time = numericDate(written);
    if (time === undefined) return malformed(`its ${name} is not a time`);
    if (name === "iat" && settings.maxAge !== undefined) continue; // The window is the verifier's.
    const fault = name === "exp" ? notPast(time, now, off, where) : notAhead(time, now, off, where);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Each by exact comparison: no case folding, no prefix, no pattern. */
function judgePins(claims: Fields, pins: readonly Pin[], where: string): Fault | undefined {
  for (const { claim, values } of pins) {
    const said = field(claims, claim);
    const list = claim === "aud" && Array.isArray(said) ? said : [said];
    if (!list.some((one) => typeof one === "string" && values.includes(one)))
      return new Fault("credential_mismatch", where, `it was made for somebody else: its ${claim} is not the one expected`);
    if (claim === "email" && field(claims, "email_verified") !== true)
      return new Fault("credential_mismatch", where, "its email is not verified");
  }
  return undefined;
}
