import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binaryOf } from "./binaries.ts";
import { cases } from "./cases.ts";
import { check, type Report } from "./guest/check.ts";
import { checkTokens } from "./guest/tokens.ts";
import { createProject, type Project } from "./packed.ts";
import { startReceivers } from "./receivers.ts";
import { tokenCases } from "./token-cases.ts";
import { type DurableObject, serve, type Worker } from "./workerd.ts";
import { wycheproof } from "./wycheproof.ts";

const TAILSCALE_WEBHOOK_SECRET = "tskey-webhook-xxxxx";
const binaries = { bun: binaryOf("bun"), deno: binaryOf("deno"), workerd: binaryOf("workerd") };

/** What every runtime must say of the requests with tokens. */
const tokenVerdicts = Object.fromEntries(tokenCases.map(({ name, forged }) => [name, ["verified", forged]]));
const WYCHEPROOF_TESTS = wycheproof().reduce((count, { tests }) => count + tests.length, 0);

let project: Project;
let expected: Report;

beforeAll(async () => {
  project = await createProject();
  expected = await check(cases);
}, 120_000);
afterAll(() => project?.remove());

test("the same cases, in Node", () => {
  expect(expected.statuses).toEqual([204, 401]);
  expect(expected.verdicts.filter(({ verify }) => !["verified", "handshake"].includes(verify))).toEqual([]);
  expect(expected.verdicts.length).toBeGreaterThan(50);
});

test("the same tokens, in Node", async () => {
  expect(await checkTokens(tokenCases)).toEqual(tokenVerdicts);
});

async function execute(binary: string, ...args: string[]): Promise<unknown> {
  const environment = {
    ...process.env,
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
    DENO_DIR: join(project.folder, ".deno"),
    TAILSCALE_WEBHOOK_SECRET,
  };
  const { stdout } = await promisify(execFile)(binary, args, {
    cwd: project.folder,
    env: environment,
    timeout: 30_000,
  });
  return JSON.parse(stdout);
}

describe("the example of Hono's README answered 503 where c.env is empty", () => {
  const deno = ["run", "--no-remote", "--node-modules-dir=manual", "--allow-read", "--allow-env"];

  const runtimes = [
    { name: "Node", binary: process.execPath, flags: [] },
    { name: "Bun", binary: binaries.bun, flags: ["run"] },
    { name: "Deno", binary: binaries.deno, flags: deno },
  ];
  for (const { name, binary, flags } of runtimes) {
    test.runIf(binary !== undefined)(name, { timeout: 30_000 }, async () => {
      const statuses = await execute(binary as string, ...flags, "sample.js", TAILSCALE_WEBHOOK_SECRET);
      expect(statuses).toEqual([204, 401]);
    });
  }
});

const DENO = ["run", "--no-remote", "--node-modules-dir=manual", "--allow-read"];
describe.each([
  { name: "Node", binary: process.execPath, flags: [] as string[], network: [] as string[] },
  { name: "Bun", binary: binaries.bun, flags: ["run"], network: [] },
  { name: "Deno", binary: binaries.deno, flags: DENO, network: ["--allow-net", "--allow-env"] },
])("$name", ({ name, binary, flags, network }) => {
  const run = (script: readonly string[], ...args: string[]) => execute(binary as string, ...flags, ...script, ...args);

  const isGuest = name !== "Node";

  test.runIf(binary !== undefined)("sends, with the address guard in force", { timeout: 30_000 }, async () => {
    const receivers = await startReceivers(project.folder);
    const report = await run(
      [...network, "sender.js"],
      receivers.plain.url,
      receivers.secureUrl,
      receivers.certificate,
    );
    await receivers.close();
    expect(report).toEqual({
      ended: {
        literal: "delivered",
        good: "delivered",
        // One look-up: a second one for the same connection would have led elsewhere.
        rebinding: "delivered",
        trusted: "delivered",
        untrusted: "tls_failed",
        private: "address_refused",
        metadata: "address_refused",
        mixed: "address_refused",
        "tls to a private address": "address_refused",
        gone: "dns_failed",
      },
      lookups: 1,
    });
    expect(receivers.plain.requests.map(({ headers }) => headers.host?.split(":")[0]).sort()).toEqual([
      "127.0.0.1",
      "good.example.com",
      "rebinding.example.com",
    ]);
    expect(receivers.plain.requests.map(({ body }) => JSON.parse(body.toString()).id)).toEqual(Array(3).fill("evt_1"));
  });

  if (isGuest)
    test.runIf(binary !== undefined)("takes Node's crypto", { timeout: 30_000 }, async () => {
      expect(await run(["node_modules/@countersign/core/probe.js"])).toEqual({ crypto: "node", runtime: name });
    });

  test.runIf(binary !== undefined)("judges signatures as Wycheproof asks", { timeout: 60_000 }, async () => {
    expect(await run(["wycheproof-process.js"])).toEqual({ count: WYCHEPROOF_TESTS, wrong: [] });
  });

  if (isGuest)
    test.runIf(binary !== undefined)("verifies and signs every vector like Node", { timeout: 30_000 }, async () => {
      expect(await run(["process.js"], "cases.json")).toEqual(expected);
    });

  if (isGuest)
    test.runIf(binary !== undefined)("verifies every token like Node", { timeout: 30_000 }, async () => {
      expect(await run(["tokens.js"], "tokens.json")).toEqual(tokenVerdicts);
    });
});

describe("workerd", () => {
  const running: Worker[] = [];
  afterAll(() => Promise.all(running.map((worker) => worker.stop())));

  async function start(
    entry: Parameters<Project["worker"]>[0],
    secrets: Record<string, string> = {},
    object?: DurableObject,
  ): Promise<string> {
    const { file, inputs } = await project.worker(entry);
    const parts = Object.keys(inputs).filter((path) => path.includes("@countersign/core/dist/crypto/"));
    expect(parts.filter((path) => path.includes("node.js"))).toEqual([]);
    const worker = await serve(binaries.workerd as string, file, secrets, object);
    running.push(worker);
    return worker.url;
  }

  const runs = test.runIf(binaries.workerd !== undefined);

  runs("takes WebCrypto, and verifies and signs every vector like Node", { timeout: 30_000 }, async () => {
    const url = await start("check");
    const response = await fetch(url, { method: "POST", body: JSON.stringify(cases) });
    expect(await response.json()).toEqual(expected);
  });

  runs("verifies every token like Node", { timeout: 30_000 }, async () => {
    const url = await start("tokens-check");
    const response = await fetch(url, { method: "POST", body: JSON.stringify(tokenCases) });
    expect(await response.json()).toEqual(tokenVerdicts);
  });

  runs("judges signatures as Wycheproof asks", { timeout: 60_000 }, async () => {
    const url = await start("wycheproof");
    const response = await fetch(url, { method: "POST", body: JSON.stringify(wycheproof()) });
    expect(await response.json()).toEqual({ count: WYCHEPROOF_TESTS, wrong: [] });
  });

  runs("runs the Aperture guardrail of the examples", { timeout: 30_000 }, async () => {
    const url = await start("aperture", { APERTURE_KEY: "an-aperture-key" });
    const ask = (user_message: string, key: string) =>
      fetch(`${url}/hooks/aperture`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ metadata: { request_id: "req_abc123" }, user_message }),
      });
    expect(await (await ask("Charge 4111 1111 1111 1111", "an-aperture-key")).json()).toMatchObject({
      action: "block",
    });
    expect(await (await ask("Sort a list", "an-aperture-key")).json()).toEqual({ action: "allow" });
    expect((await ask("Sort a list", "guessed")).status).toBe(401);
  });

  runs("runs the example of Hono's README as it stands", { timeout: 30_000 }, async () => {
    const url = await start("readme", { TAILSCALE_WEBHOOK_SECRET });
    const { headers, body } = await signedRequest(tailscale, { secret: TAILSCALE_WEBHOOK_SECRET, payload: [] });
    const post = (bytes: string) => fetch(`${url}/hooks/tailscale`, { method: "POST", headers, body: bytes });
    const text = new TextDecoder().decode(body);
    expect([(await post(text)).status, (await post(`${text} `)).status]).toEqual([204, 401]);
  });

  runs("keeps replay keys in the example's Durable Object, as the contract asks", { timeout: 30_000 }, async () => {
    const secret = "tskey-webhook-xxxxx";
    const object = { binding: "REPLAY", className: "ReplayObject" };
    const url = await start("durable", { TAILSCALE_WEBHOOK_SECRET: secret }, object);
    expect(await (await fetch(url)).json()).toEqual({ cases: expect.any(Number), failures: [] });
    const { method, headers, body } = await signedRequest(tailscale, { secret, payload: [] });
    const post = () => fetch(`${url}/hooks`, { method, headers, body: body as Uint8Array<ArrayBuffer> });
    expect([(await post()).status, (await post()).status]).toEqual([204, 200]);
  });
});
