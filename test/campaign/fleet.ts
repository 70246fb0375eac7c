import { bundleMachine } from "../replay/fleet.ts";
import { hasOwnPostgres, hasOwnRedis, ownPostgres, ownRedis } from "../replay/services.ts";
import { type Siege, siege } from "../replay/siege/campaign.ts";

const KILLS = 30;
const OUTAGES = 10;

const STORES = [
  { name: "Redis", there: hasOwnRedis, start: () => ownRedis(true), clients: ["ioredis", "node-redis"] },
  { name: "PostgreSQL", there: hasOwnPostgres, start: ownPostgres, clients: ["pg", "Postgres.js"] },
] as const;

/** How much slower a store may be that has kept all this than an empty one: its index is a level deeper, and no more. */
const SLOWER = 1.5;

/** Both stores, each a server of its own on a free port; whether each promise held. */
export async function besiege(
  deliveries: number,
  seed: number,
  print: (line: string) => void,
): Promise<{ held: boolean; said: string }> {
  const program = await bundleMachine("siege/worker.ts");
  const faults: string[] = [];
  try {
    for (const { name, there, start, clients } of STORES) {
      if (!there()) throw new Error(`${name} is not on this machine.`);
      const service = await start();
      try {
        const found = await siege({
          service,
          clients,
          program: program.file,
          seed,
          deliveries,
          kills: KILLS,
          outages: OUTAGES,
          lease: 3_000,
          wait: 1_000,
          senders: 32,
          rounds: 21,
        });
        for (const line of table(name, found)) print(line);
        faults.push(...faultsOf(found).map((fault) => `${name}: ${fault}`));
      } finally {
        await service.destroy();
      }
    }
  } finally {
    program.remove();
  }
  return { held: faults.length === 0, said: faults.join("\n") };
}

function faultsOf({ lost, violations, full, empty }: Siege): string[] {
  const slow = full * SLOWER < empty;
  return [
    ...lost.map((event) => `${event} was lost`),
    ...violations,
    ...(slow
      ? [`${Math.round(full)} claims/s with all that was kept, and ${Math.round(empty)} in an empty store`]
      : []),
  ];
}

function table(name: string, found: Siege): string[] {
  const [first, last] = found.pace;
  const rate = ({ claimsPerSecond, milliseconds }: Siege["pace"][number]) =>
    `${Math.round(claimsPerSecond)} claims/s, ${milliseconds.toFixed(1)} ms each`;
  const rows = {
    "deliveries, requests": `${found.deliveries}, ${found.requests} in ${Math.round(found.seconds)} s`,
    "processes killed, store away": `${found.kills} times, ${found.outages} times`,
    lost: found.lost.length,
    ...Object.fromEntries(Object.entries(found.doubles).map(([cause, count]) => [`handled twice: ${cause}`, count])),
    "handled twice otherwise, or two at once": found.violations.length,
    "first tenth": rate(first),
    "last tenth": rate(last),
    "claims/s at the end, and beside it empty": `${Math.round(found.full)}, ${Math.round(found.empty)}`,
  };
  return [name, ...Object.entries(rows).map(([row, value]) => `  ${row.padEnd(42)}${value}`)];
}
