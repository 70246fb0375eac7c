/** Jest on Node 20 said "Must use import to load ES Module": the two ways that the page on testing gives, as a stranger takes them. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, packAll, packageFolders, ROOT, unpack } from "../packed/pack.ts";

const require = createRequire(import.meta.url);
const jest = join(dirname(require.resolve("jest/package.json")), "bin/jest.js");
const page = readFileSync(join(ROOT, "packages/core/docs/testing.md"), "utf8");

const USES = `
test("a signed request is verified", async () => {
  const secret = "whsec_test";
  const request = await signedRequest(stripe, { secret, payload: { id: "evt_1" } });
  const { payload } = await createVerifier(stripe, { secret }).verify(request);
  expect(payload.id).toBe("evt_1");
});
`;
const NAMES = { createVerifier: "core", stripe: "core/providers", signedRequest: "core/testing" };
const IMPORTS = Object.entries(NAMES).map(([name, path]) => `import { ${name} } from "@countersign/${path}";\n`);

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-jest-")));
  const packages = packageFolders(["@countersign/core"]);
  build(packages);
  unpack(packAll(join(folder, "tarballs"), packages), folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A project of its own, with the packages as npm lays them out. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const home = join(folder, name);
  mkdirSync(home);
  cpSync(join(folder, "node_modules"), join(home, "node_modules"), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text);
  return home;
}

async function run(cwd: string, flags: readonly string[], ...args: string[]): Promise<string> {
  const command = [...flags, jest, "--ci", "--no-watchman", ...args];
  const env = { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "" };
  // Jest writes its report to the error stream.
  const { stderr } = await promisify(execFile)(process.execPath, command, { cwd, env }).catch((error) => error);
  return stderr;
}

test("as ES modules", { timeout: 60_000 }, async () => {
  const home = project("modules", { "package.json": "{}", "a.test.mjs": IMPORTS.join("") + USES });
  const [, flags, pattern] = /^node (\S+) \S+\/jest --testMatch "(.+)"$/m.exec(page) ?? [];
  expect(await run(home, [String(flags)], "--testMatch", String(pattern))).toMatch(/Tests: +1 passed/);
});

test("compiled by Jest's own transform, the packages too", { timeout: 60_000 }, async () => {
  const [, patterns] = /transformIgnorePatterns: (\[.+\]),/.exec(page) ?? [];
  const preset = require.resolve("@babel/preset-env");
  const home = project("compiled", {
    "package.json": "{}",
    "jest.config.js": `module.exports = { transformIgnorePatterns: ${patterns} };`,
    "babel.config.js": `module.exports = { presets: [[${JSON.stringify(preset)}, { targets: { node: "20" } }]] };`,
    "a.test.js": IMPORTS.join("") + USES,
  });
  expect(await run(home, [])).toMatch(/Tests: +1 passed/);
});
