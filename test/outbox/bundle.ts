import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../packed/pack.ts";

/** Beside the packages that it needs, so that it finds them. */
const FOLDER = join(ROOT, "packages", "outbox", "node_modules", ".campaign");

/** The program of a worker as one file, which starts at once. */
export async function bundle(name: string): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = join(FOLDER, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(ROOT, "test", "outbox", `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["pg", "libsql"],
    // What is bundled asks for Node's own modules as CommonJS does.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return outfile;
}
