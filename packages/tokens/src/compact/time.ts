/** A NumericDate (RFC 7519, 2) in milliseconds; nothing for what is none. The year 9999 is far enough. */
export function numericDate(value: unknown): number | undefined {
  const valid = typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= 253_402_300_799;
  return valid ? value * 1000 : undefined;
}
