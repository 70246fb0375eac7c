/** The declarations as npm would get them, compiled in a stranger's project with both compilers and both ends of the peer ranges. */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, packAll, packageFolders, ROOT, readManifest, unpack } from "../packed/pack.ts";

const installed = (name: string) => realpathSync(join(ROOT, "test/node_modules", name));
const typesOfExpress = installed("@types/express");

const PEERS = {
  newest: {
    express: installed("express"),
    fastify: installed("fastify"),
    hono: installed("hono"),
    types: [typesOfExpress, realpathSync(join(typesOfExpress, "../express-serve-static-core"))],
  },
  lowest: {
    express: installed("express418"),
    fastify: installed("fastify50"),
    hono: installed("hono40"),
    types: [installed("types-express4"), installed("types-express-core4")],
  },
};
const COMPILERS = { "TypeScript 7": join(ROOT, "node_modules/typescript"), "TypeScript 5.9": installed("typescript5") };
const FILES = ["receivers.ts", "payloads.ts"];
const MODES = {
  strict: { strict: true, exactOptionalPropertyTypes: true },
  "strictNullChecks off, as in a new Next project": { strict: false },
};

/** What no user of Hono 4.0 can help: its own declarations do not compile unless `skipLibCheck` is on. */
const HONO_40 = /\/hono@4\.0\.0\/.*\/context\.d\.ts\(.*TS2300: Duplicate identifier 'render'\.$/;

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-types-")));
  const packages = packageFolders(["core", "express", "fastify", "hono"].map((name) => `@countersign/${name}`));
  build(packages);
  const tarballs = packAll(join(folder, "tarballs"), packages);
  for (const [end, { types, ...frameworks }] of Object.entries(PEERS)) {
    const modules = join(folder, end, "node_modules");
    unpack(tarballs, join(folder, end));
    for (const [name, home] of Object.entries(frameworks)) symlinkSync(home, join(modules, name));
    mkdirSync(join(modules, "@types"));
    // As npm lays them out: one version of each, which the others see.
    for (const home of types) cpSync(home, join(modules, "@types", basename(home)), { recursive: true });
    for (const home of types) {
      for (const name of readdirSync(dirname(home))) {
        const place = join(modules, "@types", name);
        if (!existsSync(place)) symlinkSync(realpathSync(join(home, "..", name)), place);
      }
    }
    writeFileSync(join(folder, end, "package.json"), '{ "type": "module" }');
    for (const file of FILES) {
      copyFileSync(fileURLToPath(new URL(`consumer/${file}`, import.meta.url)), join(folder, end, file));
    }
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
      writeFileSync(config, JSON.stringify({ compilerOptions, files: FILES }));
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(compiler, "bin/tsc"), "-p", config, "--pretty", "false"],
        { cwd: join(folder, end) },
      ).catch((error) => error as { stdout: string });
      expect(stdout.split("\n").filter((line) => line !== "" && !HONO_40.test(line))).toEqual([]);
    });
  });
});

test("the compilers are those", () => {
  expect(readManifest(COMPILERS["TypeScript 7"]).version).toMatch(/^7\./);
  expect(readManifest(COMPILERS["TypeScript 5.9"]).version).toMatch(/^5\.9\./);
});
