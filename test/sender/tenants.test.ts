import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { LimitOptions } from "@countersign/sender";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom } from "../outbox/random.ts";
import { report } from "../outbox/report.ts";
import { bundleMachine } from "../replay/fleet.ts";
import type { Plan, Told } from "./tenants.ts";

const { COUNTERSIGN_TENANTS: many, COUNTERSIGN_SEED: seed = "1784000000" } = process.env;
const EVENTS = 10;
const LONGEST = many === undefined ? 60_000 : 600_000;

/** One file: a loader that translates many at once opens more of them than the process may, and it ends at its start. */
let program: Awaited<ReturnType<typeof bundleMachine>>;
beforeAll(async () => {
  program = await bundleMachine("../sender/tenants.ts");
});
afterAll(() => program.remove());

/** Runs the process to its end; how it ended, and what it wrote, stand in the error when it said nothing. */
async function tell(plan: Plan, descriptors: number): Promise<Told> {
  const shell = ["-c", `ulimit -n ${descriptors}; exec "$0" "$@"`, process.execPath, program.file];
  const child = spawn("sh", shell, { stdio: "pipe" });
  // One that ends before it has read is told of by its end.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(plan));
  const [said, complained, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code === 0 && said !== "") return JSON.parse(said) as Told;
  throw new Error(
    `The process ended with ${signal ?? `code ${code}`}, under ulimit -n ${descriptors}.\nIt said: ${said}\nIt complained: ${complained}`,
  );
}

/** So many endpoints, some at hosts of their own and some together, in a process that may open so many files. */
async function run(endpoints: number, descriptors: number, limits: LimitOptions) {
  const random = randomFrom(Number(seed));
  const hosts = Array.from({ length: endpoints }, (_, index) =>
    random() < 0.5 ? `e${index}.example.com` : `shared${Math.floor(random() * 3)}.example.com`,
  );
  const arrived = new Map<string, number>();
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const key = `${request.url} ${(JSON.parse(body) as { data: number }).data}`;
      arrived.set(key, (arrived.get(key) ?? 0) + 1);
      response.end();
    });
  });
  server.on("connection", (socket) => {
    open += 1;
    most = Math.max(most, open);
    socket.on("close", () => {
      open -= 1;
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const began = performance.now();
  const told = await tell({ port, hosts, events: EVENTS, limits }, descriptors).finally(() => server.close());
  const seconds = (performance.now() - began) / 1_000;
  report(
    `${endpoints} endpoints at ${new Set(hosts).size} hosts × ${EVENTS} events, ulimit -n ${descriptors}: ${JSON.stringify(told)}, ${most} sockets at most, ${arrived.size} events arrived, ${seconds.toFixed(1)} s`,
  );
  return { ...told, most, arrived, twice: [...arrived.values()].filter((times) => times > 1).length };
}

test(
  "more endpoints than descriptors: every event arrives once, and the machine never gives out",
  async () => {
    const endpoints = Number(many ?? 250);
    const [descriptors, sockets] = many === undefined ? [160, 64] : [1_024, 512];
    const { ended, errors, machine, most, arrived, twice } = await run(endpoints, descriptors, { sockets });
    expect({ ended, errors, machine, twice }).toEqual({
      ended: { delivered: endpoints * EVENTS },
      errors: {},
      machine: 0,
      twice: 0,
    });
    expect(arrived.size).toBe(endpoints * EVENTS);
    // The server hears of the end of a connection a little later than of the next.
    expect(most).toBeLessThanOrEqual(sockets * 1.1);
  },
  LONGEST,
);

test(
  "a sender that is let open more sockets than its machine gives: no attempt is lost by it",
  async () => {
    const endpoints = many === undefined ? 40 : 1_000;
    const [descriptors, sockets] = many === undefined ? [60, 64] : [300, 512];
    const { ended, errors, machine, twice } = await run(endpoints, descriptors, { sockets });
    expect({ ended, errors, twice }).toEqual({ ended: { delivered: endpoints * EVENTS }, errors: {}, twice: 0 });
    expect(machine).toBeGreaterThan(0);
  },
  LONGEST,
);
