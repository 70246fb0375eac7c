import { Fault } from "../contract.ts";

/** A NumericDate (RFC 7519, 2) in milliseconds; nothing for what is none. The year 9999 is far enough. */
export function numericDate(value: unknown): number | undefined {
  const valid = typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= 253_402_300_799;
  return valid ? value * 1000 : undefined;
}

/** A time that must not be past, or not be ahead, with this much tolerance; all in milliseconds. */
export function notPast(time: number, now: number, tolerance: number, header: string): Fault | undefined {
  return now < time + tolerance ? undefined : new Fault("timestamp_too_old", header, "it has expired");
}

/** See {@link notPast}. */
export function notAhead(time: number, now: number, tolerance: number, header: string): Fault | undefined {
  return time <= now + tolerance ? undefined : new Fault("timestamp_in_future", header, "it is not valid yet");
}
