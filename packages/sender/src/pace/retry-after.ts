const DAYS =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a `Retry-After` header to milliseconds from now: delay seconds or an HTTP date (RFC 9110, section 10.2.3).
 * Some senders write decimal seconds; those are rounded up. `undefined` for everything else: `inf`, a sign, a date in
 * another form, text. The answer is never more than the ceiling, and a date in the past is no wait.
 *
 * @param ceiling milliseconds; the longest wait that a receiver can ask for
 */
export function parseRetryAfter(value: string | undefined, now: number, ceiling: number): number | undefined {
  if (value === undefined || value.length > 64) return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), ceiling);
  if (!DAYS.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(at - now, 0), ceiling);
}
