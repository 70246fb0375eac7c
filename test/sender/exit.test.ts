import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { EndpointOptions } from "@countersign/sender";
import { recordingReceiver } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("scripts/unclosed.ts", import.meta.url));

/** What the script said, and how long it went on living after it had said so. */
async function run(own: Partial<EndpointOptions>, statuses: readonly number[] = []) {
  const receiver = await recordingReceiver((_request, index) => ({ status: statuses[index] ?? 204 }));
  const args = ["--import", "tsx", SCRIPT, receiver.url, JSON.stringify(own)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  let saidAt = performance.now();
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
    saidAt = performance.now();
  });
  const killer = setTimeout(() => child.kill(), 8_000);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(killer);
  const lived = performance.now() - saidAt;
  await receiver.close();
  return { said: said.trim(), code, lived };
}

describe("a process that never closes its sender", () => {
  test.each<[string, Partial<EndpointOptions>]>([
    ["by default", {}],
    ["with a rate of one request an hour", { rate: { requests: 1, per: "1h" } }],
    ["in strict order", { order: "fifo" }],
  ])("ends soon after its last delivery, %s", { timeout: 15_000 }, async (_name, own) => {
    const { said, code, lived } = await run(own);
    expect({ said, code }).toEqual({ said: "delivered 1", code: 0 });
    expect(lived).toBeLessThan(5_000);
  });

  test("stays for an event that waits for its retry", { timeout: 15_000 }, async () => {
    const { said, code, lived } = await run({}, [503, 204]);
    expect({ said, code }).toEqual({ said: "delivered 2", code: 0 });
    expect(lived).toBeLessThan(5_000);
  });
});
