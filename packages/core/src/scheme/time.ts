import type { TimestampField } from "./scheme.ts";

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * A timestamp header to milliseconds since the epoch, or NaN. Canonical only: `parseInt` would take `1700abc`, and
 * `Number` takes `" +1.7e9"` and `0x65`.
 */
export function readTimestamp(text: string, unit: TimestampField["unit"]): number {
  if (unit === "rfc3339") return readRfc3339(text);
  const length = text.length;
  if (length === 0 || length > 15) return Number.NaN;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  if (length > 1 && text.charCodeAt(0) === 48) return Number.NaN;
  return unit === "s" ? value * 1000 : value;
}

/** Milliseconds since the epoch of an RFC 3339 time with up to nine fractional digits, or NaN. */
export function readRfc3339(text: string): number {
  const match = RFC3339.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(year) < 100) return Number.NaN; // Date.UTC takes them for the 20th century.
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days) return Number.NaN;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return Number.NaN;
  if (sign !== undefined && (Number(offsetHour) > 23 || Number(offsetMinute) > 59)) return Number.NaN;
  const offset =
    sign === undefined ? 0 : (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === "-" ? -60_000 : 60_000);
  const milliseconds = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
  return (
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), milliseconds) -
    offset
  );
}

/** The inverse: how a provider writes a time. */
export function writeTimestamp(milliseconds: number, unit: TimestampField["unit"]): string {
  if (unit === "ms") return String(Math.trunc(milliseconds));
  if (unit === "s") return String(Math.trunc(milliseconds / 1000));
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z"); // Whole seconds, as the vendors write it.
}
