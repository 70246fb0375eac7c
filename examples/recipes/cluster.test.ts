import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { event, fromStripe, sendTo } from "./testing.ts";

const { hostname, port: redisPort } = new URL(process.env.REDIS_URL ?? "redis://127.0.0.1:6379");

function connects(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

let redis = false;
beforeAll(async () => {
  redis = await connects(Number(redisPort) || 6379, hostname);
  if (redis) return;
  const line = `Redis does not answer at ${hostname}; set REDIS_URL.`;
  if (process.env.CI === "true") throw new Error(line);
  console.warn(`Left out: ${line}`);
});

it("handles a delivery once, whichever process gets it", async ({ skip }) => {
  skip(!redis);
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as net.AddressInfo;
  probe.close();

  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  const recipe = fileURLToPath(new URL("cluster.ts", import.meta.url));
  const child = spawn(process.execPath, [tsx, recipe], { env: { ...process.env, PORT: String(port) } });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  for (let i = 0; i < 200 && !(await connects(port, "127.0.0.1")); i++) await new Promise((r) => setTimeout(r, 50));

  const origin = `http://127.0.0.1:${port}`;
  const deliveries = await Promise.all([1, 2, 3, 4].map((n) => fromStripe({ ...event, id: `evt_${Date.now()}_${n}` })));
  for (const request of deliveries) {
    const statuses = [];
    // Each on a connection of its own, so that the processes take turns.
    for (let i = 0; i < 4; i++) {
      const headers = { ...request.headers, connection: "close" };
      statuses.push((await sendTo(origin, { ...request, headers })).status);
    }
    expect(statuses, output).toEqual([204, 200, 200, 200]);
  }
  expect(output.match(/handled by \d+/g)).toHaveLength(4);
}, 30_000);
