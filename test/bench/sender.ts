import { importPacked } from "../packed/pack.ts";
import { answer } from "./load.ts";
import { quantile, type Row, rounds } from "./measure.ts";
import { event, IN_FLIGHT } from "./sending.ts";
import { start } from "./sending-process.ts";
import { benchTenants } from "./tenants.ts";

const WARM_UP = 12_000;
const ROUNDS = 60;
const PER_ROUND = 600;
const MANY = 100_000;

type SenderModule = typeof import("@countersign/sender");

/** Signed deliveries against bare requests to the same sink, memory over many events, and tenants beside ill ones. */
export async function benchSender(load = importPacked): Promise<Row[]> {
  const { createSender } = await load<SenderModule>("@countersign/sender");
  const { child: sink, first } = await start("sink");
  const { port } = first as { port: number };
  try {
    const url = `http://127.0.0.1:${port}/hook`;
    return [await benchDelivery(port), await benchHeap(createSender, url), await benchTenants(createSender, url)];
  } finally {
    sink.disconnect();
  }
}

/** Each side alone in its process, so that nobody's garbage is collected on another's account; the CPU time of that process. */
async function benchDelivery(port: number): Promise<Row> {
  const sides = { bare: (await start("bare", port)).child, signed: (await start("signed", port)).child };
  const cost = async (side: keyof typeof sides, count = PER_ROUND) => {
    sides[side].send(count);
    return ((await answer(sides[side])) as { cost: number }).cost;
  };
  const costs = { bare: [] as number[], signed: [] as number[] };
  for (const side of ["bare", "signed"] as const) await cost(side, WARM_UP);
  for (let round = 0; round < rounds(ROUNDS); round++) {
    for (const side of round % 2 === 0 ? (["bare", "signed"] as const) : (["signed", "bare"] as const)) {
      costs[side].push(await cost(side));
    }
  }
  for (const child of Object.values(sides)) child.disconnect();
  const best = (side: keyof typeof sides) => quantile(costs[side], 0.15);
  const ratios = costs.bare.map((bare, index) => bare / (costs.signed[index] as number));
  return {
    name: "signed deliveries for the CPU time of bare undici.request",
    value: best("bare") / best("signed"),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    target: [">=", 1],
    note: `1 KB, ${IN_FLIGHT} in flight; ${best("signed").toFixed(1)} against ${best("bare").toFixed(1)} µs of the sending process, which also makes the body, signs, keeps and records it`,
  };
}

/** In steps, as an application would feed it: what is kept of a finished event would show. */
async function benchHeap(createSender: SenderModule["createSender"], url: string): Promise<Row> {
  const sender = createSender({
    guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
    endpoints: [{ name: "sink", url, concurrency: IN_FLIGHT }],
  });
  /** All at once into the outbox, as a burst comes. */
  const burst = async (count: number) => {
    const handles = [];
    for (let i = 0; i < count; i++) handles.push(await sender.send(event));
    for (const handle of handles) await handle.outcome();
  };
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  await burst(5_000);
  const before = heap();
  let peak = before;
  for (let sent = 0; sent < MANY; sent += 5_000) {
    await burst(5_000);
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  }
  const grown = (heap() - before) / 1_048_576;
  await sender.close();
  return {
    name: "heap kept after 100,000 events",
    value: grown,
    target: ["<=", 32],
    note: `highest ${Math.round((peak - before) / 1_048_576)} MiB above the start`,
    unit: " MiB",
  };
}
