import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
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

const require = createRequire(import.meta.url);
const recipe = new URL("cluster.ts", import.meta.url);

/** The recipe as each starts it; the folder is gone when the test is over. */
const starts: Readonly<Record<string, (folder: string) => readonly string[]>> = {
  "node:cluster": () => [require.resolve("tsx/cli"), fileURLToPath(recipe)],
  PM2(folder) {
    const script = join(folder, "server.mjs");
    writeFileSync(script, `import ${JSON.stringify(recipe.href)};`);
    const node_args = ["--import", pathToFileURL(require.resolve("tsx")).href];
    const app = { name: "hooks", script, instances: 2, exec_mode: "cluster", node_args };
    const file = join(folder, "ecosystem.json");
    writeFileSync(file, JSON.stringify({ apps: [app] }));
    return [join(dirname(require.resolve("pm2/package.json")), "bin/pm2-runtime"), "start", file];
  },
};

it.for(Object.keys(starts))(
  "%s: handles a delivery once, whichever process gets it",
  { timeout: 40_000 },
  async (name, { skip }) => {
    skip(!redis);
    const probe = net.createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as net.AddressInfo;
    probe.close();

    const folder = mkdtempSync(join(tmpdir(), "countersign-cluster-"));
    const args = (starts[name] as (typeof starts)[string])(folder);
    const child = spawn(process.execPath, args, { env: { ...process.env, PORT: String(port), PM2_HOME: folder } });
    onTestFinished(async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    for (let i = 0; i < 300 && !(await connects(port, "127.0.0.1")); i++) await new Promise((r) => setTimeout(r, 50));

    const origin = `http://127.0.0.1:${port}`;
    const deliveries = await Promise.all(
      [1, 2, 3, 4].map((n) => fromStripe({ ...event, id: `evt_${Date.now()}_${n}` })),
    );
    for (const request of deliveries) {
      const statuses = [];
      // Each on a connection of its own, so that the processes take turns.
      for (let i = 0; i < 4; i++) {
        const headers = { ...request.headers, connection: "close" };
        statuses.push((await sendTo(origin, { ...request, headers })).status);
      }
      expect(statuses, output).toEqual([204, 200, 200, 200]);
    }
    await vi.waitFor(() => expect(output.match(/handled by \d+/g)).toHaveLength(4));
  },
);
