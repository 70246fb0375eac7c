/** One row of the report: a ratio of two things that ran in the same process, in turn; or a size. */
export interface Row {
  readonly name: string;
  readonly value: number;
  /** The middle half of what single rounds said. */
  readonly spread?: readonly [number, number] | undefined;
  /** `"<="` 0.75, `">="` 1: what was asked. Without it, a figure to compare others with. */
  readonly target?: readonly ["<=" | ">=", number];
  readonly note: string;
  readonly unit?: string;
}

export type Task = () => unknown;

/** How long a race takes: many short slices tell more than few long ones, because a neighbour disturbs only some. */
export interface Pace {
  /** How often each side has its turn. */
  readonly rounds: number;
  /** CPU time of one turn. */
  readonly milliseconds: number;
}

const PACE: Pace = { rounds: 120, milliseconds: 6 };
let shorter = 1;

/** For `--quick`: a quarter of the rounds. */
export function hurry(): void {
  shorter = 4;
}

/** So many, or in a hurry fewer. */
export function rounds(count: number): number {
  return Math.ceil(count / shorter);
}

/** What single turns of each side cost, nanoseconds of CPU per call; turns of one round belong together. */
export class Race<Name extends string> {
  readonly #costs: Readonly<Record<Name, readonly number[]>>;

  constructor(costs: Readonly<Record<Name, readonly number[]>>) {
    this.#costs = costs;
  }

  /** The 15th percentile: what it costs when nobody disturbs it. */
  cost(name: Name): number {
    return quantile(this.#costs[name], 0.15);
  }

  /** One side against another, from the same turns, and the middle half of the rounds. */
  ratio(name: Name, against: Name): Pick<Row, "value" | "spread"> {
    const rounds = this.#costs[name].map((cost, index) => cost / (this.#costs[against][index] as number));
    return {
      value: this.cost(name) / this.cost(against),
      spread: [quantile(rounds, 0.25), quantile(rounds, 0.75)],
    };
  }
}

/** Runs the sides in turn, in another order each round, and counts their CPU time: what else the machine does must not count. */
export async function race<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
  pace: Pace = PACE,
): Promise<Race<Name>> {
  const names = Object.keys(tasks) as Name[];
  const counts = new Map<Name, number>();
  for (const name of names) {
    await repeat(tasks[name], 2_000);
    counts.set(name, Math.max(3, Math.round((pace.milliseconds * 1e6) / Math.max(20, await repeat(tasks[name], 500)))));
  }
  const costs = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const random = seeded(pace.rounds);
  for (let round = 0; round < rounds(pace.rounds); round++) {
    for (const name of shuffled(names, random)) costs[name].push(await repeat(tasks[name], counts.get(name) as number));
  }
  return new Race(costs);
}

async function repeat(task: Task, count: number): Promise<number> {
  // A task that answers a promise is awaited, as its user must; one that does not is not.
  const isAsync = isThenable(task());
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

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const keyed = values.map((value) => [random(), value] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, value]) => value);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function reaches({ value, target }: Row): boolean {
  return target === undefined || (target[0] === "<=" ? value <= target[1] : value >= target[1]);
}

export function figure({ value, unit = "×" }: Pick<Row, "value" | "unit">): string {
  return `${value.toFixed(value < 0.1 ? 4 : 2)}${unit}`;
}

export function print(rows: readonly Row[]): boolean {
  for (const row of rows) {
    const { name, target, note, spread } = row;
    const mark = target === undefined ? "     " : reaches(row) ? "  ok " : " MISS";
    const asked = target === undefined ? "" : `${target[0]} ${target[1]}`;
    const range = spread === undefined ? "" : spread.map((value) => value.toFixed(value < 0.1 ? 4 : 2)).join("–");
    console.log(`${mark}  ${figure(row).padStart(9)}  ${range.padEnd(13)}  ${asked.padEnd(8)}  ${name}  (${note})`);
  }
  return rows.every(reaches);
}
