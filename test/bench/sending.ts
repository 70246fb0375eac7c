/** One side of the sender's bench, in a process of its own: `node --import tsx sending.ts <side> <port of the sink>`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request } from "undici";
import { importPacked } from "../packed/pack.ts";
import { inTurn } from "./measure.ts";
import { deliver } from "./tenants.ts";

/** `sink` answers, so that its work is counted with nobody's. */
export type Side = "sink" | "bare" | "signed";
export const IN_FLIGHT = 64;

const data = { text: "x".repeat(850), actor: "alice@example.com" };
export const event = { type: "nodeCreated", data };

/** As the bare side makes it: so many requests in flight, each waited for to its end. */
type Work = (count: number) => Promise<void>;

const STARTERS: Readonly<Record<Exclude<Side, "sink">, (url: string) => Promise<Work>>> = {
  async bare(url) {
    const time = new Date().toISOString();
    const body = Buffer.from(JSON.stringify({ id: "0".repeat(36), ...event, severity: "info", time }));
    const headers = { "content-type": "application/json" };
    const dispatcher = new Agent();
    const one = async () => {
      const answer = await request(url, { dispatcher, method: "POST", headers, body });
      await answer.body.dump();
    };
    return (count) => inTurn(count, IN_FLIGHT, one);
  },
  async signed(url) {
    const { createSender } = await importPacked<typeof import("@countersign/sender")>("@countersign/sender");
    const { standardWebhooks } =
      await importPacked<typeof import("@countersign/core/providers")>("@countersign/core/providers");
    const sign = { provider: standardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
    const guard = { allow: ["127.0.0.0/8"], schemes: ["http" as const] };
    const sender = createSender({ guard, endpoints: [{ name: "sink", url, sign, concurrency: IN_FLIGHT }] });
    return (count) => inTurn(count, IN_FLIGHT, () => deliver(sender, event));
  },
};

/** Answers everything at once. */
async function startSink(): Promise<number> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on("end", () => response.writeHead(200, { "content-type": "text/plain" }).end("ok"));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

if (process.send !== undefined) {
  const [side, port] = process.argv.slice(2) as [Side, string?];
  process.on("disconnect", () => process.exit(0));
  if (side === "sink") process.send({ port: await startSink() });
  else {
    const work = await STARTERS[side](`http://127.0.0.1:${port}/hook`);
    process.on("message", async (count: number) => {
      const before = process.cpuUsage();
      await work(count);
      const { user, system } = process.cpuUsage(before);
      process.send?.({ cost: (user + system) / count });
    });
    process.send({ ready: true });
  }
}
