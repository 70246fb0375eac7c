import type { Life, Line } from "./log.ts";

/** Why a delivery was handled twice: the windows that core's docs/replay.md admits, and no other. */
export type Cause =
  /** The process was killed between the handler's end and the store's acknowledgement of the commit. */
  | "killed before its commit"
  /** The store did not acknowledge the commit, and that was reported. */
  | "commit not acknowledged"
  /** The store had not heard of the handler for a whole lease, and that was reported. */
  | "lease ran out";

/** What came of a campaign, by its logs alone. */
export interface Judgement {
  /** Events of which no handler ever ended well. */
  readonly lost: readonly string[];
  /** How many events were handled once too often, by cause. */
  readonly doubles: Readonly<Record<Cause, number>>;
  /** What no promise allows. */
  readonly violations: readonly string[];
  /** How many handlers ended well. */
  readonly handled: number;
}

type Answered = Extract<Line, { asked: number }>;

/** One run of a handler, and what the store knew of it. */
interface Run {
  readonly life: Life;
  readonly event: string;
  readonly token: string;
  readonly begun: number;
  ended: number;
  good: boolean;
  key: string;
  /** When its claim was asked for, and answered. */
  asked: number;
  claimed: number;
  /** When it was last asked to be held, of the times that the store acknowledged, and when that was acknowledged. */
  readonly held: { asked: number; answered: number }[];
  /** When the store acknowledged its commit, and its release. */
  committed: number;
  released: number;
}

/**
 * @param acknowledged when the provider had its 2xx, by event
 * @param lease in milliseconds
 */
export function judge(lives: readonly Life[], acknowledged: ReadonlyMap<string, number>, lease: number): Judgement {
  const runs = lives.flatMap(runsOf);
  const byEvent = new Map<string, Run[]>();
  for (const run of runs.sort((a, b) => a.begun - b.begun)) {
    const others = byEvent.get(run.event) ?? [];
    byEvent.set(run.event, others);
    others.push(run);
  }
  const violations: string[] = [];
  const doubles: Record<Cause, number> = {
    "killed before its commit": 0,
    "commit not acknowledged": 0,
    "lease ran out": 0,
  };
  const lost = [...acknowledged.keys()].filter((event) => byEvent.get(event)?.some(({ good }) => good) !== true);
  for (const [event, its] of byEvent) {
    const first = Math.min(...its.filter(({ good }) => good).map(({ ended }) => ended));
    if (first > (acknowledged.get(event) ?? Number.POSITIVE_INFINITY))
      violations.push(`${event} was acknowledged before it was handled`);
    for (const [i, run] of its.entries()) {
      const before = its.slice(0, i);
      for (const other of before) {
        if (other.committed < run.asked)
          violations.push(`${event} was handled again after an acknowledged commit: ${told(other, run)}`);
        else if (holds(other, run, lease))
          violations.push(`${event} was handled by two at once, within a lease: ${told(other, run)}`);
      }
      if (!run.good) continue;
      const earlier = before.findLast(({ good }) => good);
      if (earlier === undefined) continue;
      const cause = causeOf(earlier, run, lease);
      if (cause === undefined)
        violations.push(`${event} was handled twice, and nothing says why: ${told(earlier, run)}`);
      else doubles[cause]++;
    }
  }
  return { lost, doubles, violations, handled: runs.filter(({ good }) => good).length };
}

/** Both runs, with times from the earlier one's claim. */
function told(...runs: readonly Run[]): string {
  const from = (runs[0] as Run).asked;
  const at = (time: number) => (Number.isFinite(time) ? Math.round(time - from) : "never");
  return runs
    .map(
      ({ life, asked, claimed, held, ended, released, committed }) =>
        `${life.worker} (killed ${at(life.killed ?? Number.NaN)}) asked ${at(asked)}, claimed ${at(claimed)}, held ${at(held.at(-1)?.asked ?? Number.NaN)}, ended ${at(ended)}, released ${at(released)}, committed ${at(committed)}`,
    )
    .join("; then ");
}

/** Whether a run's claim was answered while another must have held the key. */
function holds(other: Run, run: Run, lease: number): boolean {
  if (other.key !== run.key || (other.life.killed ?? Number.POSITIVE_INFINITY) < run.claimed - lease) return false;
  // From its last extension that was acknowledged before the run's claim was asked for; it may have reached the store as it was sent.
  const last = other.held.findLast(({ answered }) => answered < run.asked)?.asked ?? other.asked;
  const settled = Math.min(other.released, other.committed);
  return run.claimed < Math.min(last + lease, settled);
}

function causeOf(earlier: Run, run: Run, lease: number): Cause | undefined {
  const reports = earlier.life.lines.filter(
    (line): line is Extract<Line, { what: "told" }> =>
      line.what === "told" && line.at >= earlier.begun && digestOf(line.key) === digestOf(earlier.key),
  );
  const last = earlier.held.findLast(({ asked }) => asked < run.claimed)?.asked ?? earlier.asked;
  if (reports.some(({ reason }) => reason === "lost") && run.claimed >= last + lease) return "lease ran out";
  if (reports.some(({ operation, reason }) => operation === "commit" && reason !== "lost" && reason !== "forgotten"))
    return "commit not acknowledged";
  const { killed } = earlier.life;
  if (killed !== undefined && earlier.committed === Number.POSITIVE_INFINITY && killed > earlier.ended)
    return "killed before its commit";
  return undefined;
}

function runsOf(life: Life): Run[] {
  const runs = new Map<string, Run>();
  const claims = new Map<string, Answered>();
  const never = Number.POSITIVE_INFINITY;
  for (const line of life.lines) {
    if (line.what === "claim" && line.answer === "new") claims.set(line.token, line);
    else if (line.what === "begun") {
      const claim = claims.get(line.token);
      if (claim === undefined) throw new Error(`${line.event} was begun without a claim.`);
      runs.set(line.token, {
        life,
        event: line.event,
        token: line.token,
        begun: line.at,
        ended: never,
        good: false,
        key: claim.key,
        asked: claim.asked,
        claimed: claim.at,
        held: [{ asked: claim.asked, answered: claim.at }],
        committed: never,
        released: never,
      });
    } else if ("token" in line) {
      const run = runs.get(line.token);
      if (run === undefined) continue;
      if (line.what === "handled" || line.what === "failed") {
        run.ended = line.at;
        run.good = line.what === "handled";
      } else if (line.what === "extend" && line.answer === true)
        run.held.push({ asked: line.asked, answered: line.at });
      else if (line.what === "commit" && line.answer === true) run.committed = Math.min(run.committed, line.at);
      else if (line.what === "asked") run.released = Math.min(run.released, line.at);
    }
  }
  return [...runs.values()];
}

function digestOf(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1);
}
