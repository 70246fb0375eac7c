/** One row of the report: a ratio of two things that ran in the same process, in turn; or a size. */
export interface Row {
  readonly name: string;
  readonly value: number;
  /** `"<="` 0.75, `">="` 1: what was asked. Without it, a figure to compare others with. */
  readonly target?: readonly ["<=" | ">=", number];
  readonly note: string;
  readonly unit?: string;
}

export type Task = () => unknown;

/** Nanoseconds of CPU per call of each task: rounds in turn, so that a machine that drifts drifts for all; the median of rounds. */
export async function time(
  tasks: readonly Task[],
  options: { readonly rounds?: number; readonly milliseconds?: number } = {},
): Promise<number[]> {
  const { rounds = 15, milliseconds = 40 } = options;
  const counts: number[] = [];
  for (const task of tasks) {
    await repeat(task, 2_000);
    const once = Math.max(20, await repeat(task, 2_000));
    counts.push(Math.max(5, Math.round((milliseconds * 1e6) / once)));
  }
  const results: number[][] = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < tasks.length; i++) {
      const at = round % 2 === 0 ? i : tasks.length - 1 - i;
      (results[at] as number[]).push(await repeat(tasks[at] as Task, counts[at] as number));
    }
  }
  return results.map(median);
}

async function repeat(task: Task, count: number): Promise<number> {
  // A task that answers a promise is awaited, as its user must; one that does not is not.
  const isAsync = isThenable(task());
  // CPU time, not the clock on the wall: what else the machine does must not count.
  const start = process.cpuUsage();
  if (isAsync) for (let i = 0; i < count; i++) await task();
  else for (let i = 0; i < count; i++) task();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / count;
}

function isThenable(value: unknown): boolean {
  if (!(value instanceof Promise)) return false;
  value.catch(() => {});
  return true;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

export function print(rows: readonly Row[]): boolean {
  let good = true;
  for (const { name, value, target, note, unit } of rows) {
    const reached = target === undefined || (target[0] === "<=" ? value <= target[1] : value >= target[1]);
    good &&= reached;
    const mark = target === undefined ? "     " : reached ? "  ok " : " MISS";
    const figure = `${value.toFixed(value < 0.1 ? 4 : 2)}${unit ?? "×"}`;
    const asked = target === undefined ? "" : `${target[0]} ${target[1]}`;
    console.log(`${mark}  ${figure.padStart(9)}  ${asked.padEnd(8)}  ${name}  (${note})`);
  }
  return good;
}
