import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("reports every answer right", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)("npx", ["tsx", main], { timeout: 60_000 });
  expect(stdout).toMatch(/every answer right/);
  expect(stdout).not.toMatch(/WRONG/);
}, 60_000);
