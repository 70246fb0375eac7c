/** Something of which there can be many. */
export interface Growing {
  readonly name: string;
  readonly n: number;
  /** Prepares `count` items, and gives back one more step to be timed so many times. */
  prepare(count: number): Promise<{
    readonly step: (index: number) => unknown;
    readonly steps: number;
    /** How many items one step is for. Default: one. */
    readonly items?: number;
    /** When it has been timed. */
    readonly end?: () => Promise<void>;
  }>;
}

/** Nanoseconds of CPU for one item. */
export async function cost({ step, steps, items = 1, end }: Awaited<ReturnType<Growing["prepare"]>>): Promise<number> {
  // Twice: the first time also pays for what the engine compiles.
  const half = Math.floor(steps / 2);
  for (let i = 0; i < half; i++) await step(i);
  const start = process.cpuUsage();
  for (let i = half; i < steps; i++) await step(i);
  const { user, system } = process.cpuUsage(start);
  await end?.();
  return ((user + system) * 1000) / (steps - half) / items;
}
