/**
 * `npm run packages`: every package as npm would get it, its tarball read, then installed in an empty project that
 * compiles against it, runs it under plain Node and takes it with `require()`; and the root README's commands, pasted.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compileAgainstPacked } from "../docs/compile.ts";
import { build, type Manifest, PACKED, packAll, packageFolders, ROOT, readManifest, unpack } from "./pack.ts";
import { problemsOf } from "./tarball.ts";
import { walk } from "./walk.ts";

const run = promisify(execFile);
const CONSUMER = fileURLToPath(new URL("consumer/receivers.ts", import.meta.url));

let failed = 0;
async function step(name: string, work: () => unknown): Promise<boolean> {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    await work();
    console.log(`ok      ${name} (${seconds()})`);
    return true;
  } catch (error) {
    failed++;
    const { message, stdout, stderr } = error as Error & { stdout?: string | null; stderr?: string | null };
    const said =
      [stdout, stderr]
        .map((text) => text?.trim())
        .filter(Boolean)
        .join("\n") || message;
    console.log(`FAILED  ${name} (${seconds()})\n${said.replace(/^/gm, "        ")}`);
    return false;
  }
}

/** The name by which a consumer imports each subpath. */
function subpaths({ name, exports = {} }: Manifest): string[] {
  return Object.keys(exports).map((subpath) => join(name, subpath));
}

/** What a consumer of the adapters has beside them, in the versions that the packages themselves are tested with. */
function companions(): string[] {
  const { devDependencies: own } = readManifest(join(ROOT, "test")) as { devDependencies?: Record<string, string> };
  const { devDependencies: root } = readManifest(ROOT) as { devDependencies?: Record<string, string> };
  const versions = { ...own, ...root };
  const names = ["express", "fastify", "hono", "@hono/node-server", "@types/express", "@types/node", "typescript"];
  // What most projects still compile with must read our declarations too.
  return [...names.map((name) => `${name}@${versions[name]}`), "typescript5@npm:typescript@^5.9.0"];
}

const resolutions = {
  NodeNext: { module: "NodeNext", moduleResolution: "NodeNext" },
  Bundler: { module: "ESNext", moduleResolution: "Bundler" },
};

function writeProject(folder: string, specifiers: readonly string[]): void {
  mkdirSync(folder);
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const all = specifiers.map((specifier, i) => ({ specifier, local: `m${i}` }));
  const uses = all.map(({ specifier, local }) => `assert.ok(Object.keys(${local}).length > 0, "${specifier}");`);
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  write(
    "subpaths.mts",
    [
      'import assert from "node:assert/strict";',
      ...all.map(({ specifier, local }) => `import * as ${local} from "${specifier}";`),
      ...uses,
    ].join("\n"),
  );
  write(
    "subpaths.cts",
    [
      'import assert = require("node:assert/strict");',
      ...all.map(({ specifier, local }) => `import ${local} = require("${specifier}");`),
      ...uses,
    ].join("\n"),
  );
  for (const [name, resolution] of Object.entries(resolutions)) {
    const compilerOptions = {
      ...resolution,
      target: "ES2023",
      // Hono's own declarations need the DOM's. Ours do not: they are compiled without.
      lib: ["ES2023", "DOM", "DOM.Iterable"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: "out",
    };
    // A .cts file is CommonJS by its name, which only Node's own resolution knows.
    const files = ["receivers.ts", "subpaths.mts", ...(name === "NodeNext" ? ["subpaths.cts"] : [])];
    write(`tsconfig.${name}.json`, JSON.stringify({ compilerOptions, files }));
  }
  copyFileSync(CONSUMER, join(folder, "receivers.ts"));
}

/** The environment of a stranger's shell: without what `npm run` says about this project. */
function strangersEnv(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package_|lifecycle_|config_local_prefix$|config_prefix$)|^(INIT_CWD|NODE_OPTIONS)$/.test(name),
  );
  return Object.fromEntries(inherited);
}

async function main(temporary: string): Promise<void> {
  const folders = packageFolders();
  const manifests = folders.map(readManifest);
  if (!(await step("compile", () => build(folders)))) return;

  const tarballs = new Map<string, string>();
  const pack = () => {
    for (const [name, tarball] of packAll(join(temporary, "tarballs"), folders)) tarballs.set(name, tarball);
  };
  if (!(await step(`pack ${folders.length} packages`, pack))) return;

  const unpacked = join(temporary, "unpacked");
  unpack(tarballs, unpacked);
  for (const name of tarballs.keys()) {
    await step(`tarball of ${name}`, async () => {
      const problems = await problemsOf(join(unpacked, "node_modules", name));
      if (problems.length > 0) throw new Error(problems.join("\n"));
    });
  }

  await step("the documents' examples, compiled against the tarballs", async () => {
    rmSync(PACKED, { recursive: true, force: true });
    unpack(tarballs, PACKED);
    await compileAgainstPacked();
  });

  await step("a stranger's walk through the README's commands", () =>
    walk(join(temporary, "stranger"), tarballs, strangersEnv()),
  );

  const consumer = join(temporary, "consumer");
  writeProject(consumer, manifests.flatMap(subpaths));
  const options = { cwd: consumer, env: strangersEnv(), timeout: 300_000, maxBuffer: 16 * 1_048_576 };
  const installed = await step("npm install in an empty project", () =>
    run(
      "npm",
      [
        "install",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        ...tarballs.values(),
        ...companions(),
      ],
      options,
    ),
  );
  if (!installed) return;

  for (const [compiler, resolution] of [
    ["typescript", "NodeNext"],
    ["typescript", "Bundler"],
    ["typescript5", "NodeNext"],
  ] as const) {
    const home = join(consumer, "node_modules", compiler);
    const args = [join(home, "bin", "tsc"), "-p", `tsconfig.${resolution}.json`];
    await step(`TypeScript ${readManifest(home).version}, ${resolution}, every declaration checked`, () =>
      run(process.execPath, resolution === "NodeNext" ? args : [...args, "--noEmit"], options),
    );
  }

  const node = (file: string) => run(process.execPath, [file], { ...options, timeout: 60_000 });
  await step(`Node ${process.versions.node}: import of every subpath`, () => node("out/subpaths.mjs"));
  await step(`Node ${process.versions.node}: require() of every subpath`, () => node("out/subpaths.cjs"));
  await step("a vendor's vector, three receivers and a sender on loopback", () => node("out/receivers.js"));
  for (const { name, bin = {} } of manifests) {
    for (const command of typeof bin === "string" ? [name] : Object.keys(bin)) {
      await step(`${command} --help`, () => run(join(consumer, "node_modules", ".bin", command), ["--help"], options));
    }
  }
}

const temporary = mkdtempSync(join(tmpdir(), "countersign-packed-"));
try {
  await main(temporary);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
console.log(failed === 0 ? "Every package is fit to publish." : `${failed} of the checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;
