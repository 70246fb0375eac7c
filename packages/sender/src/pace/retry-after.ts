const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})";

/** RFC 9110, section 5.6.7: the form in use and the two obsolete ones, which a recipient must read. */
const DATES = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`),
  // Sun Nov  6 08:49:37 1994
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`),
];

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
  const at = parseHttpDate(text, now);
  return at === undefined ? undefined : Math.min(Math.max(at - now, 0), ceiling);
}

function parseHttpDate(text: string, now: number): number | undefined {
  const parts = DATES.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const month = MONTHS.indexOf(parts.month as string);
  const year = parts.year?.length === 2 ? wholeYear(Number(parts.year), now) : Number(parts.year);
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // A field that is out of its range would have moved the next one.
  const exact = date.getUTCDate() === day && date.getUTCHours() === hour && date.getUTCMinutes() === minute;
  return exact ? date.getTime() : undefined;
}

/** RFC 9110, section 5.6.7: what seems to be more than 50 years ahead is the latest year in the past that ends so. */
function wholeYear(digits: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const year = current - (current % 100) + digits;
  return year > current + 50 ? year - 100 : year;
}
