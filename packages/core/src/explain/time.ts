import { judgeTime } from "../replay/window.ts";
import type { AsymmetricScheme, MacScheme } from "../scheme/scheme.ts";
import { parseDuration } from "../time/duration.ts";
import type { Finding } from "./finding.ts";

const DAY = 86_400_000;

/** What is wrong with a signed time, which may be nothing. */
export function explainTime(
  { timestamp }: MacScheme | AsymmetricScheme,
  time: number,
  now: number,
): readonly Finding[] {
  if (timestamp === undefined || Number.isNaN(time)) return [];
  const tolerance = parseDuration(timestamp.tolerance, "tolerance");
  if (judgeTime(time, now, { past: tolerance, future: tolerance }) === "inside") return [];
  const inside = (scaled: number) => Math.abs(scaled - now) < DAY;
  if (inside(time / 1000)) return [MILLISECONDS];
  if (timestamp.unit === "ms" && inside(time * 1000)) return [SECONDS];
  return [time < now ? OLD(now - time) : FUTURE(time - now)];
}

const MILLISECONDS: Finding = {
  code: "timestamp_in_milliseconds",
  sentence: "The timestamp is in milliseconds, and this scheme reads seconds.",
  mend: `Divide by 1000 where it is signed, or set the scheme's unit to "ms".`,
};
const SECONDS: Finding = {
  code: "timestamp_in_seconds",
  sentence: "The timestamp is in seconds, and this scheme reads milliseconds.",
  mend: `Multiply by 1000 where it is signed, or set the scheme's unit to "s".`,
};
const OLD = (age: number): Finding => ({
  code: "timestamp_too_old",
  sentence: `It was signed ${seconds(age)} before now, longer than the tolerance.${hours(age)}`,
  mend: "An old fixture is tested with the clock option. A retry with its old time needs a wider tolerance.past. Else one of the clocks is wrong.",
});
const FUTURE = (ahead: number): Finding => ({
  code: "timestamp_in_future",
  sentence: `It is signed for ${seconds(ahead)} from now, more than the tolerance.${hours(ahead)}`,
  mend: "Set the clocks of both machines by NTP; time zones must not enter a Unix time.",
});

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;

/** A difference of whole hours is seldom an accident. */
function hours(milliseconds: number): string {
  const count = Math.round(milliseconds / 3_600_000);
  const isWhole = count >= 1 && count <= 14 && Math.abs(milliseconds - count * 3_600_000) < 60_000;
  return isWhole ? ` That is ${count} ${count === 1 ? "hour" : "hours"}, which may be a time zone.` : "";
}
