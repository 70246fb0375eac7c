/** The declarations as npm would get them, compiled in a stranger's project with both compilers and both ends of the peer ranges. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, packAll, packageFolders, ROOT, readManifest, unpack } from "../packed/pack.ts";

const MODULES = join(ROOT, "test/node_modules");
const installed = (name: string) => realpathSync(join(MODULES, name));
/** What pnpm put beside an installed package: its own dependencies. */
const besides = (name: string, dependency: string) => realpathSync(join(dirname(installed(name)), dependency));

const PEERS = {
  newest: {
    express: installed("express"),
    fastify: installed("fastify"),
    hono: installed("hono"),
    "@types/express": installed("@types/express"),
    "@types/express-serve-static-core": besides("@types/express", "express-serve-static-core"),
  },
  lowest: {
    express: installed("express418"),
    fastify: installed("fastify50"),
    hono: installed("hono48"),
    "@types/express": installed("types-express4"),
    "@types/express-serve-static-core": besides("types-express4", "express-serve-static-core"),
  },
};
const COMPILERS = { "TypeScript 7": join(ROOT, "node_modules/typescript"), "TypeScript 5.9": installed("typescript5") };
const MODES = {
  strict: { strict: true, exactOptionalPropertyTypes: true },
  "strictNullChecks off, as in a new Next project": { strict: false },
};

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-types-")));
  const packages = packageFolders(["core", "express", "fastify", "hono"].map((name) => `@countersign/${name}`));
  build(packages);
  const tarballs = packAll(join(folder, "tarballs"), packages);
  for (const [end, peers] of Object.entries(PEERS)) {
    const project = join(folder, end);
    unpack(tarballs, project);
    mkdirSync(join(project, "node_modules/@types"));
    for (const [name, home] of Object.entries(peers)) symlinkSync(home, join(project, "node_modules", name));
    symlinkSync(realpathSync(join(ROOT, "node_modules/@types/node")), join(project, "node_modules/@types/node"));
    writeFileSync(join(project, "package.json"), '{ "type": "module" }');
    copyFileSync(fileURLToPath(new URL("consumer/receivers.ts", import.meta.url)), join(project, "receivers.ts"));
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent.each(Object.entries(COMPILERS))("%s", (name, compiler) => {
  describe.each(Object.keys(PEERS))("with the %s peers", (end) => {
    // The modes differ in what a type means, which both compilers agree about: the slow one shows one of them.
    const modes = Object.entries(MODES).slice(0, name === "TypeScript 7" ? 2 : 1);
    test.each(modes)("%s: every declaration checked", { timeout: 120_000 }, async (mode, options) => {
      const config = join(folder, end, `tsconfig.${name.at(-1)}.${Object.keys(MODES).indexOf(mode)}.json`);
      const compilerOptions = {
        ...options,
        module: "NodeNext",
        moduleResolution: "NodeNext",
        target: "ES2023",
        // Hono's own declarations need the DOM's.
        lib: ["ES2023", "DOM", "DOM.Iterable"],
        types: ["node"],
        skipLibCheck: false,
        noEmit: true,
      };
      writeFileSync(config, JSON.stringify({ compilerOptions, files: ["receivers.ts"] }));
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(compiler, "bin/tsc"), "-p", config, "--pretty", "false"],
        { cwd: join(folder, end) },
      ).catch((error) => error as { stdout: string });
      expect(stdout.trim()).toBe("");
    });
  });
});

test("the compilers are those", () => {
  expect(readManifest(COMPILERS["TypeScript 7"]).version).toMatch(/^7\./);
  expect(readManifest(COMPILERS["TypeScript 5.9"]).version).toMatch(/^5\.9\./);
});
