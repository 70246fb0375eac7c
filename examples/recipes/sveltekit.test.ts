/** SvelteKit's recipe, built by Vite with SvelteKit's adapter for Node, and served by what comes out. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { event, fromStripe, sendTo, tampered } from "./testing.ts";

const files = {
  "package.json": '{ "type": "module" }',
  "svelte.config.js": 'import adapter from "@sveltejs/adapter-node";\nexport default { kit: { adapter: adapter() } };',
  "vite.config.js":
    'import { sveltekit } from "@sveltejs/kit/vite";\nexport default { logLevel: "error", plugins: [sveltekit()] };',
  "src/app.html": "<html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>",
};

it("sveltekit.ts is built and run: a genuine webhook is let through, a changed one refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-sveltekit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const route = join(folder, "src/routes/hooks/stripe");
  mkdirSync(route, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  copyFileSync(new URL("sveltekit.ts", import.meta.url), join(route, "+server.ts"));
  symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(folder, "node_modules"));

  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  // The build has no secret, as on a build server.
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production" };
  delete env.STRIPE_WEBHOOK_SECRET;
  await promisify(execFile)(process.execPath, [vite, "build"], { cwd: folder, env });

  const child = spawn(process.execPath, ["build"], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: "production", HOST: "127.0.0.1", PORT: "0" },
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const origin = await vi.waitFor(() => {
    const address = /http:\/\/\S+/.exec(output);
    if (address === null) throw new Error(`It does not listen: ${output}`);
    return address[0];
  }, 10_000);

  const request = await fromStripe();
  expect((await sendTo(origin, request)).status, output).toBe(204);
  expect(output).toContain(event.type);
  expect((await sendTo(origin, tampered(request))).status).toBe(401);
  expect((await sendTo(origin, { ...request, headers: { "content-type": "application/json" } })).status).toBe(401);
  expect(output.split(event.type)).toHaveLength(2);
}, 180_000);
