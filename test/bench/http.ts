import { stripeEvent, stripeHeader } from "./bodies.ts";
import { BenchServer, hammer } from "./load.ts";
import { median, quantile, type Row, rounds } from "./measure.ts";
import { type Framework, type Kind, SECRET } from "./server.ts";

/** A whole signed request, as bytes. */
export function signedBytes(body: Buffer): Buffer {
  const head = [
    "POST / HTTP/1.1",
    "host: 127.0.0.1",
    "user-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "accept: */*; q=0.5, application/xml",
    "cache-control: no-cache",
    "content-type: application/json; charset=utf-8",
    `content-length: ${body.length}`,
    `stripe-signature: ${stripeHeader(body, SECRET).header}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/** Requests per CPU second of `kind`, as a ratio to those of `base`: rounds in turn, each against its neighbour. */
export async function compare(
  framework: Framework,
  kind: Kind,
  base: Kind,
  request: Buffer | (() => Buffer) = signedBytes(stripeEvent()),
): Promise<Pick<Row, "value" | "spread" | "note">> {
  const [ours, theirs] = await Promise.all([BenchServer.start(framework, kind), BenchServer.start(framework, base)]);
  const cost = async (server: BenchServer, milliseconds = 150) => {
    const { cpu, done } = await server.during(() => hammer(server.port, request, 32, milliseconds));
    return cpu / done;
  };
  try {
    for (const server of [ours, theirs, ours, theirs]) await cost(server, 1_000);
    const costs: { readonly ours: number; readonly theirs: number }[] = [];
    for (let round = 0; round < rounds(50); round++) {
      const [first, second] = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
      const a = await cost(first);
      const b = await cost(second);
      costs.push(first === ours ? { ours: a, theirs: b } : { ours: b, theirs: a });
    }
    const best = (side: "ours" | "theirs") =>
      quantile(
        costs.map((one) => one[side]),
        0.15,
      );
    const ratios = costs.map((one) => one.theirs / one.ours);
    return {
      value: best("theirs") / best("ours"),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      note: `${best("ours").toFixed(1)} against ${best("theirs").toFixed(1)} µs of CPU a request`,
    };
  } finally {
    ours.stop();
    theirs.stop();
  }
}

export async function benchHttp(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const framework of ["express", "fastify", "hono"] as const) {
    rows.push({
      name: `${framework}: verified route / a hand-written one that reads, checks and parses, without any safety`,
      ...(await compare(framework, "verified", "ideal")),
      target: [">=", 0.92],
    });
    rows.push({
      name: `${framework}: verified route / its own JSON route, which verifies nothing`,
      ...(await compare(framework, "verified", "bare")),
    });
  }
  return rows;
}

/** Eight bodies of 50 MB at once: how long the event loop stands still, and how much memory that takes. */
export async function benchLarge(): Promise<Row[]> {
  const body = Buffer.alloc(50_000_000, 97);
  const request = signedBytes(body);
  const measure = async (kind: Kind) => {
    const server = await BenchServer.start("node", kind);
    try {
      await server.during(() => hammer(server.port, request, 1, 1));
      const stalls: number[] = [];
      let peak = 0;
      for (let i = 0; i < 5; i++) {
        const seen = await server.during(() => hammer(server.port, request, 8, 1));
        stalls.push(seen.stall);
        peak = seen.peak;
      }
      return { stall: median(stalls), peak };
    } finally {
      server.stop();
    }
  };
  const streamed = await measure("streamed");
  const copied = await measure("copied");
  const buffered = await measure("buffered");
  const bodies = (8 * body.length) / 1_048_576;
  return [
    {
      name: "8 × 50 MB raw: longest turn / the same bytes only copied",
      value: streamed.stall / copied.stall,
      target: ["<=", 1.1],
      note: `${streamed.stall.toFixed(0)} against ${copied.stall.toFixed(0)} ms; buffered and then hashed ${buffered.stall.toFixed(0)} ms`,
    },
    {
      name: "8 × 50 MB raw: peak memory / the bodies",
      value: streamed.peak / bodies,
      target: ["<=", 1.2],
      note: `${streamed.peak.toFixed(0)} MiB against ${bodies.toFixed(0)} MiB; buffered ${buffered.peak.toFixed(0)} MiB`,
    },
  ];
}
