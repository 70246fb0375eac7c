import { randomFrom } from "../random.ts";

/** How a store is taken away: its process killed or stopped, its connections reset, or everything on them swallowed. */
export const OUTAGES = ["killed", "stopped", "cut off", "swallowed"] as const;
export type Outage = (typeof OUTAGES)[number];

/** Something that breaks, once so many deliveries are acknowledged and then so many milliseconds later. */
export type Fault = { readonly after: number; readonly delay: number } & (
  | { readonly what: "worker"; readonly worker: number }
  | { readonly what: "store"; readonly how: Outage; readonly lasts: number }
);

/** What happens to one delivery. */
export interface Work {
  readonly event: string;
  /** How long its handler works, in milliseconds; and whether it fails at first. */
  readonly takes: number;
  readonly fails: boolean;
  /** How many copies are sent at once, and how long after its success it is sent again; undefined for never. */
  readonly copies: number;
  readonly again: number | undefined;
}

export interface PlanOptions {
  readonly seed: number;
  readonly deliveries: number;
  readonly workers: number;
  readonly kills: number;
  readonly outages: number;
  /** Handlers that work long, and outages that last long, are some of them longer than this. */
  readonly lease: number;
}

export interface Plan {
  readonly works: readonly Work[];
  /** By the time at which they begin. The first and the last tenth are left in peace, so that they can be compared. */
  readonly faults: readonly Fault[];
}

/** Everything that is left to chance, drawn before it begins. */
export function plan({ seed, deliveries, workers, kills, outages, lease }: PlanOptions): Plan {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const works = Array.from({ length: deliveries }, (_, i): Work => {
    const long = random() < 0.01 && i >= deliveries * 0.1 && i < deliveries * 0.88;
    return {
      event: `msg_${i}`,
      takes: long ? below(1.5 * lease) : below(6),
      fails: random() < 0.1,
      copies: random() < 0.25 ? 2 : 1,
      again: random() < 0.1 ? below(lease) : undefined,
    };
  });
  const moment = () => Math.floor(deliveries * (0.12 + 0.72 * random()));
  const faults: Fault[] = [];
  for (let i = 0; i < outages; i++) {
    const how = OUTAGES[i % OUTAGES.length] as Outage;
    faults.push({ what: "store", how, after: moment(), delay: below(50), lasts: lease / 6 + below(1.3 * lease) });
  }
  for (let i = 0; i < kills; i++) {
    // Every third dies while the store is away.
    const during = i % 3 === 0 ? faults[i % Math.max(1, outages)] : undefined;
    const delay = during?.what === "store" ? 50 + below(during.lasts) : below(200);
    faults.push({ what: "worker", worker: below(workers), after: during?.after ?? moment(), delay });
  }
  return { works, faults: faults.sort((a, b) => a.after - b.after) };
}
