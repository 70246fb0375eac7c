/** Milliseconds of the last second of the year 9999, the last that every platform can show. */
const LAST = 253_402_300_799_000;

/** A moment that every platform can show, or `undefined` for anything that is not one. */
export function asTime(value: unknown): Date | undefined {
  const date =
    value instanceof Date
      ? value
      : typeof value === "number" || typeof value === "string"
        ? new Date(value)
        : undefined;
  if (date === undefined) return undefined;
  const time = date.getTime();
  return time >= 0 && time <= LAST ? date : undefined;
}

/** `2022-09-21 17:59 UTC`, for platforms that cannot show the reader's own zone. */
export function utc(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Whole seconds since the epoch, as Slack and Discord write them. */
export function unix(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
