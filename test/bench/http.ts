import { createHmac } from "node:crypto";
import { BenchServer, hammer } from "./load.ts";
import { median, type Row } from "./measure.ts";
import { type Framework, type Kind, SECRET } from "./server.ts";
import { jsonBody } from "./verify.ts";

/** A whole signed request, as bytes. */
export function signedBytes(body: Buffer): Buffer {
  const t = Math.floor(Date.now() / 1000);
  const hex = createHmac("sha256", SECRET).update(`${t}.`).update(body).digest("hex");
  const head = [
    "POST / HTTP/1.1",
    "host: 127.0.0.1",
    "user-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "accept: */*; q=0.5, application/xml",
    "cache-control: no-cache",
    "content-type: application/json; charset=utf-8",
    `content-length: ${body.length}`,
    `stripe-signature: t=${t},v1=${hex}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/** Requests per CPU second of `kind`, as a ratio to those of `base`: rounds in turn, each against its neighbour. */
export async function compare(
  framework: Framework,
  kind: Kind,
  base: Kind,
  request: Buffer | (() => Buffer) = signedBytes(jsonBody(1000)),
  rounds = 14,
): Promise<{ readonly ratio: number; readonly note: string }> {
  const [ours, theirs] = await Promise.all([BenchServer.start(framework, kind), BenchServer.start(framework, base)]);
  const cost = async (server: BenchServer, milliseconds = 500) => {
    const { cpu, done } = await server.during(() => hammer(server.port, request, 32, milliseconds));
    return cpu / done;
  };
  try {
    for (const server of [ours, theirs, ours, theirs]) await cost(server, 1_000);
    const ratios: number[] = [];
    let best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY };
    for (let round = 0; round < rounds; round++) {
      const [first, second] = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
      const a = await cost(first);
      const b = await cost(second);
      const [our, their] = first === ours ? [a, b] : [b, a];
      best = { ours: Math.min(best.ours, our), theirs: Math.min(best.theirs, their) };
      ratios.push(their / our);
    }
    return {
      ratio: median(ratios),
      note: `${best.ours.toFixed(1)} against ${best.theirs.toFixed(1)} µs of CPU a request, at best`,
    };
  } finally {
    ours.stop();
    theirs.stop();
  }
}

export async function benchHttp(): Promise<Row[]> {
  const targets: Readonly<Record<"express" | "fastify" | "hono", number>> = { express: 1, fastify: 0.75, hono: 0.8 };
  const rows: Row[] = [];
  for (const framework of ["express", "fastify", "hono"] as const) {
    const { ratio, note } = await compare(framework, "verified", "bare");
    rows.push({
      name: `${framework}: verified route / its own JSON route`,
      value: ratio,
      target: [">=", targets[framework]],
      note,
    });
  }
  return rows;
}

/** Eight bodies of 50 MB at once: how long the event loop stands still. */
export async function benchLarge(): Promise<Row[]> {
  const request = signedBytes(Buffer.alloc(50_000_000, 97));
  const stall = async (kind: Kind) => {
    const server = await BenchServer.start("node", kind);
    try {
      await server.during(() => hammer(server.port, request, 1, 1));
      const stalls: number[] = [];
      for (let i = 0; i < 3; i++) stalls.push((await server.during(() => hammer(server.port, request, 8, 1))).stall);
      return median(stalls);
    } finally {
      server.stop();
    }
  };
  const streamed = await stall("streamed");
  const buffered = await stall("buffered");
  return [
    {
      name: "8 × 50 MB raw: longest stall / buffered createHmac",
      value: streamed / buffered,
      target: ["<=", 0.2],
      note: `${streamed.toFixed(0)} against ${buffered.toFixed(0)} ms`,
    },
  ];
}
