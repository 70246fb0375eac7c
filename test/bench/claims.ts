import type { Outbox } from "@countersign/sender";
import { quantile, type Row, rounds } from "./measure.ts";

/** The text of an event of about 900 bytes. */
export const DATA = JSON.stringify({ text: "x".repeat(850), actor: "alice@example.com" });

/** An outbox in which events wait. */
export interface Waiting {
  readonly outbox: Outbox<never>;
  close(): Promise<void>;
}

const FEW = 1_000;
const ROOM = { endpoint: "a", generation: 1, limit: 10, lease: 60_000, order: "due" as const };

/** What a claim costs with a million waiting, in time and memory, against a thousand. */
export async function benchClaims(store: string, fill: (waiting: number) => Promise<Waiting>): Promise<Row[]> {
  // In a hurry a tenth of them.
  const many = rounds(4) === 1 ? 100_000 : 1_000_000;
  const few = await fill(FEW);
  const lots = await fill(many);
  const times = { few: [] as number[], lots: [] as number[] };
  const claim = async ({ outbox }: Waiting): Promise<number> => {
    const start = performance.now();
    const claimed = await outbox.claim({ owner: "bench", total: 10, room: [ROOM] });
    const took = performance.now() - start;
    await outbox.finish(claimed.map(({ id, token }) => ({ id, token, kind: "done" as const })));
    return took;
  };
  const memory = () => {
    globalThis.gc?.();
    return process.memoryUsage().rss / 1_048_576;
  };
  for (let i = 0; i < 5; i++) for (const side of [few, lots]) await claim(side);
  const before = memory();
  for (let i = 0; i < 60; i++) {
    times.few.push(await claim(few));
    times.lots.push(await claim(lots));
  }
  const grown = memory() - before;
  await few.close();
  await lots.close();
  const [small, large] = [quantile(times.few, 0.15), quantile(times.lots, 0.15)];
  const name = `${store} outbox: a claim of ten with ${many.toLocaleString("en")} waiting / with ${FEW.toLocaleString("en")}`;
  return [
    { name, value: large / small, target: ["<=", 2], note: `${large.toFixed(2)} against ${small.toFixed(2)} ms` },
    {
      name: `${store} outbox: memory that 60 such claims take`,
      value: Math.max(0, grown),
      unit: " MiB",
      target: ["<=", 16],
      note: `the process had ${before.toFixed(0)} MiB; the events would be ${Math.round((many * DATA.length) / 1_048_576)} MiB`,
    },
  ];
}
