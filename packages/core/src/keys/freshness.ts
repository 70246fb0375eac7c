/** Below it, a source would be asked for nearly every delivery, however short it says that its answer holds. */
export const SHORTEST = 60_000;
/** Where a source says nothing. */
const UNSAID = 600_000;

/**
 * For how many milliseconds an answer is fresh (RFC 9111, 4.2): what `Cache-Control` says less the `Age` that it has
 * already, but a minute at least and `longest` at most.
 */
export function freshFor(cacheControl: string | null, age: string | null, longest: number): number {
  return Math.min(longest, Math.max(SHORTEST, lifetime(cacheControl ?? "", age ?? "")));
}

function lifetime(cacheControl: string, age: string): number {
  if (/(?:^|,)\s*no-(?:store|cache)\b/i.test(cacheControl)) return 0;
  const seconds = /(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})"?\s*(?:,|$)/i.exec(cacheControl)?.[1];
  if (seconds === undefined) return UNSAID;
  return (Number(seconds) - (/^\d{1,10}$/.test(age) ? Number(age) : 0)) * 1_000;
}
