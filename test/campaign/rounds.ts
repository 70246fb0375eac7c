/** What a campaign is given, so that its rounds can be tested without running any. */
export interface Campaign {
  readonly minutes: number;
  /** The seed of the one round to repeat; without it, new ones. */
  readonly seed?: number;
  readonly now: () => number;
  readonly draw: () => number;
  /** Runs the properties with a seed: whether they held, and what was said. */
  readonly run: (seed: number) => Promise<{ readonly held: boolean; readonly said: string }>;
  readonly print: (line: string) => void;
  /** The command that repeats a round, without its seed. */
  readonly again: string;
}

/** Round after round until the time is over, at least one; a round that has begun is finished. Whether all held. */
export async function rounds({ minutes, seed: only, now, draw, run, print, again }: Campaign): Promise<boolean> {
  const start = now();
  for (let round = 1; round === 1 || (only === undefined && now() - start < minutes * 60_000); round++) {
    const seed = only ?? draw();
    const began = now();
    const { held, said } = await run(seed);
    print(`round ${round}, seed ${seed}: ${held ? "ok" : "FAILED"} (${Math.round((now() - began) / 1000)} s)`);
    if (held) continue;
    print(said);
    print(`To repeat it: ${again} --seed ${seed}`);
    return false;
  }
  return true;
}

const NAMES = [
  "properties",
  "simulation",
  "plans",
  "fleet",
  "keep-sqlite",
  "keep-postgres",
  "keep-inbox",
  "power",
  "tenants",
] as const;

export interface Arguments {
  /**
   * Which campaign: the random properties, the simulation of replay protection, PostgreSQL's plans at a million rows, a
   * fleet of processes that are killed, on a store that is taken away, more endpoints than descriptors, outboxes under kill -9, or a disk that loses its power.
   */
  name: (typeof NAMES)[number];
  minutes: number;
  /** How many schedules a simulation runs. */
  schedules: number;
  /** How many deliveries a fleet is sent. */
  deliveries: number;
  /** How often processes are killed; runs that lose their power. */
  kills: number;
  /** How many endpoints have events. */
  endpoints: number;
  seed?: number;
}

/** Reads `simulation`, `--schedules 1000`, `--deliveries 1000`, `--kills 5`, `--endpoints 100`, `--minutes 10` and `--seed 1`. */
export function readArguments(args: readonly string[]): Arguments {
  const named = NAMES.find((name) => name === args[0]);
  const given: Arguments = {
    name: named ?? "properties",
    minutes: 10,
    schedules: 100_000,
    deliveries: 20_000,
    kills: named === "power" ? 10 : 50,
    endpoints: 10_000,
  };
  for (let i = named === undefined ? 0 : 1; i < args.length; i += 2) {
    const [name, text = ""] = [args[i], args[i + 1]];
    if (name === "--minutes" && /^\d+(\.\d+)?$/.test(text)) given.minutes = Number(text);
    else if (name === "--schedules" && /^\d{1,7}$/.test(text)) given.schedules = Number(text);
    else if (name === "--deliveries" && /^\d{2,7}$/.test(text)) given.deliveries = Number(text);
    else if (name === "--kills" && /^\d{1,4}$/.test(text)) given.kills = Number(text);
    else if (name === "--endpoints" && /^\d{1,6}$/.test(text)) given.endpoints = Number(text);
    else if (name === "--seed" && /^\d{1,10}$/.test(text)) given.seed = Number(text);
    else
      throw new Error(
        `"${args.slice(i, i + 2).join(" ")}" is none of ${NAMES.slice(1).join(", ")}, --schedules <number>, --deliveries <number>, --kills <number>, --endpoints <number>, --minutes <number> and --seed <number>.`,
      );
  }
  return given;
}
