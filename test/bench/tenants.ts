import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Sender, WebhookEvent } from "@countersign/sender";
import { inTurn, median, quantile, type Row, rate, rounds } from "./measure.ts";

/** Endpoints beside the three ill ones. */
const HEALTHY = 997;
const IN_FLIGHT = 64;
const PER_ROUND = 2_000;
const ROUNDS = 41;
/** Events that wait for each of the ill ones. */
const WAITING = 2_000;

/** Takes requests and never answers; or answers with a byte of its head at a time. */
const ILL = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const HEAD = "HTTP/1.1 200 OK\\r\\n" + "x: y\\r\\n".repeat(1000);
  const ports = [];
  for (const drips of [false, true]) {
    const server = createServer((socket) => {
      let at = 0;
      const timer = drips ? setInterval(() => socket.write(HEAD[at++ % HEAD.length]), 20) : undefined;
      socket.on("error", () => {}).on("close", () => clearInterval(timer)).resume();
    });
    server.listen(0, "127.0.0.1", () => ports.push(server.address().port) === 2 && parentPort.postMessage(ports));
  }
`;

/** Sends one event, and waits until it has arrived. */
export async function deliver(by: Sender, event: WebhookEvent, to?: string): Promise<void> {
  const handle = await by.send(event, to === undefined ? {} : { to });
  const [outcome] = await handle.outcome();
  if (outcome?.status !== "delivered") throw new Error(`A delivery ended as ${outcome?.status}.`);
}

/** What 997 endpoints deliver beside a dead name, one that never answers and one that drips, against what they do alone. */
export async function benchTenants(
  createSender: typeof import("@countersign/sender").createSender,
  url: string,
): Promise<Row> {
  const worker = new Worker(ILL, { eval: true });
  const [[silent, drip]] = (await once(worker, "message")) as [[number, number]];
  const event = { type: "nodeCreated", data: { text: "x".repeat(850) } };
  const healthy = Array.from({ length: HEALTHY }, (_, index) => ({ name: `e${index}`, url }));
  // No breaker: they are ill all the time, and asked all the time.
  const ill = [
    { name: "dead", url: "http://dead.example.com/" },
    { name: "silent", url: `http://127.0.0.1:${silent}/` },
    { name: "drips", url: `http://127.0.0.1:${drip}/` },
  ].map((one) => ({ ...one, timeout: "1s", breaker: false }) as const);
  const options = {
    guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
    resolve: () => new Promise<never>(() => {}),
  } as const;
  const alone = createSender({ ...options, endpoints: healthy });
  const beside = createSender({ ...options, endpoints: [...healthy, ...ill] });
  const names = ill.map(({ name }) => name);
  for (let n = 0; n < WAITING; n++) await beside.send(event, { to: names });
  const around = (by: Sender) => (count: number) => {
    let next = 0;
    return inTurn(count, IN_FLIGHT, () => deliver(by, event, `e${next++ % HEALTHY}`));
  };
  await around(alone)(PER_ROUND);
  await around(beside)(PER_ROUND);
  const kept: number[] = [];
  for (let round = 0; round < rounds(ROUNDS); round++) {
    const before = round % 2 === 0 ? await rate(around(alone), PER_ROUND) : 0;
    const among = await rate(around(beside), PER_ROUND);
    kept.push(among / (before === 0 ? await rate(around(alone), PER_ROUND) : before));
  }
  await Promise.all([alone.close({ timeout: "1s" }), beside.close({ timeout: "1s" })]);
  await worker.terminate();
  return {
    name: "throughput of 997 endpoints beside three ill ones, against without them",
    value: median(kept),
    spread: [quantile(kept, 0.25), quantile(kept, 0.75)],
    target: [">=", 0.95],
    note: `a dead name, one that never answers and one that drips, 8 requests each all the time; median of ${rounds(ROUNDS)} pairs`,
  };
}
