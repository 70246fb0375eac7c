import net from "node:net";
import { signedBytes } from "./http.ts";
import { BenchServer } from "./load.ts";
import { quantile, type Row, rounds } from "./measure.ts";

const MEGABYTE = 1_000_000;
/** In one turn, on connections of their own: a refusal may close its own. */
const AT_ONCE = 8;

/**
 * What a refused megabyte costs the server. It is refused by its head, whose time is long past, and read away all the
 * same, so that a proxy that is still sending hears the refusal and not a reset.
 */
export async function benchRefused(): Promise<Row[]> {
  const body = Buffer.alloc(MEGABYTE, 97);
  const genuine = signedBytes(body);
  const refused = Buffer.from(genuine.toString("latin1").replace(/t=\d+,v1=/, "t=1,v1="), "latin1");
  const servers = { drained: await BenchServer.start("node", "drained"), cut: await BenchServer.start("node", "cut") };
  const sides = {
    verified: { server: servers.drained, request: genuine, status: 200 },
    refused: { server: servers.drained, request: refused, status: 401 },
    cut: { server: servers.cut, request: refused, status: 0 },
  };
  const costs: Record<keyof typeof sides, number[]> = { verified: [], refused: [], cut: [] };
  const turn = async ({ server, request, status }: (typeof sides)[keyof typeof sides]): Promise<number> => {
    const { cpu } = await server.during(async () => {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => post(server.port, request)));
      for (const answer of answers)
        if (status !== 0 && answer !== status) throw new Error(`The server answered ${answer} and not ${status}.`);
      return AT_ONCE;
    });
    return cpu / AT_ONCE;
  };
  try {
    for (let warm = 0; warm < 5; warm++) for (const side of Object.values(sides)) await turn(side);
    for (let round = 0; round < rounds(40); round++)
      for (const [name, side] of Object.entries(sides)) costs[name as keyof typeof sides].push(await turn(side));
  } finally {
    for (const server of Object.values(servers)) server.stop();
  }
  const best = (side: keyof typeof sides) => quantile(costs[side], 0.15);
  const ratios = costs.refused.map((cost, i) => cost / (costs.verified[i] as number));
  const note = `${best("refused").toFixed(0)} against ${best("verified").toFixed(0)} µs of CPU; ${best("cut").toFixed(0)} µs where drain is 0 and the connection is closed`;
  return [
    {
      name: "a refused megabyte, read away / a verified one",
      value: best("refused") / best("verified"),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      target: ["<=", 1],
      note,
    },
  ];
}

/** Sends it all on a connection of its own; the status, or 0 where the connection was reset before one came. */
function post(port: number, request: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    let head = "";
    const end = (): void => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0));
    };
    let sent = false;
    const seen = (): void => {
      if (sent && head.includes("\r\n\r\n")) end();
    };
    socket.on("connect", () =>
      socket.write(request, () => {
        sent = true;
        seen();
      }),
    );
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      seen();
    });
    socket.on("error", end);
    socket.on("close", end);
  });
}
