import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Agent, request } from "undici";
import { importPacked } from "../packed/pack.ts";
import { inTurn, median, type Row, rate } from "./measure.ts";
import { benchTenants, deliver } from "./tenants.ts";

const IN_FLIGHT = 64;
const ROUNDS = 9;
const PER_ROUND = 6_000;
const MANY = 100_000;

/** The sink has a thread of its own, so that its work is not counted with the sender's. */
const SINK = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => { response.writeHead(200, { "content-type": "text/plain" }); response.end("ok"); });
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

type SenderModule = typeof import("@countersign/sender");
type Providers = typeof import("@countersign/core/providers");

/** Signed deliveries a second against bare requests to the same sink, and memory over many events. */
export async function benchSender(load = importPacked): Promise<Row[]> {
  const { createSender } = await load<SenderModule>("@countersign/sender");
  const { standardWebhooks } = await load<Providers>("@countersign/core/providers");
  const sink = new Worker(SINK, { eval: true });
  const [port] = (await once(sink, "message")) as [number];
  const url = `http://127.0.0.1:${port}/hook`;
  const data = { text: "x".repeat(850), actor: "alice@example.com" };
  const event = { type: "nodeCreated", data };
  const body = Buffer.from(
    JSON.stringify({ id: "0".repeat(36), type: event.type, severity: "info", time: new Date().toISOString(), data }),
  );

  const agent = new Agent();
  const bare = (count: number) =>
    inTurn(count, IN_FLIGHT, async () => {
      const answer = await request(url, {
        dispatcher: agent,
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.body.dump();
    });

  const sender = createSender({
    guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
    endpoints: [
      {
        name: "sink",
        url,
        sign: { provider: standardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
        concurrency: IN_FLIGHT,
      },
    ],
  });
  /** As the bare side does it: so many in flight, each waited for to its end. */
  const signed = (count: number) => inTurn(count, IN_FLIGHT, () => deliver(sender, event));
  /** All at once into the outbox, as a burst comes. */
  const burst = async (count: number) => {
    const handles = [];
    for (let i = 0; i < count; i++) handles.push(await sender.send(event));
    for (const handle of handles) await handle.outcome();
  };
  await bare(PER_ROUND);
  await signed(PER_ROUND);
  const ratios: number[] = [];
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % 2 === 0;
    const a = first ? await rate(bare, PER_ROUND) : 0;
    const b = await rate(signed, PER_ROUND);
    const c = first ? a : await rate(bare, PER_ROUND);
    rates[0].push(c);
    rates[1].push(b);
    ratios.push(b / c);
  }

  // In steps, as an application would feed it: what is kept of a finished event would show.
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  let peak = before;
  for (let sent = 0; sent < MANY; sent += 5_000) {
    await burst(5_000);
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  }
  const grown = (heap() - before) / 1_048_576;

  await sender.close();
  await agent.destroy();
  const tenants = await benchTenants(createSender, url);
  await sink.terminate();
  return [
    {
      name: "signed deliveries against bare undici.request",
      value: median(ratios),
      target: [">=", 0.9],
      note: `1 KB, ${IN_FLIGHT} in flight, ${Math.round(median(rates[1]))}/s against ${Math.round(median(rates[0]))}/s, median of ${ROUNDS} pairs`,
    },
    {
      name: "heap kept after 100,000 events",
      value: grown,
      target: ["<=", 32],
      note: `highest ${Math.round((peak - before) / 1_048_576)} MiB above the start`,
      unit: " MiB",
    },
    tenants,
  ];
}
