import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKED, packageFolders, ROOT, readManifest } from "../packed/pack.ts";
import { examples } from "./examples.ts";

const run = promisify(execFile);

/** What is compiled: the code of one example, under a name of its own. */
export interface Compiled {
  readonly id: string;
  readonly code: string;
}

/** Compiles them as a project in this folder of the test workspace. @returns what the compiler said */
export async function compileExamples(
  folder: string,
  all: readonly Compiled[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  mkdirSync(join(folder, "compiled"));
  for (const { id, code } of all) writeFileSync(join(folder, "compiled", `${id}.ts`), `${code}\nexport {};\n`);
  const compilerOptions = {
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    noEmit: true,
    types: ["node"],
    // An example shows what to write; what it does with the value is the reader's.
    noUnusedLocals: false,
    ...options,
  };
  const tsconfig = { extends: "../../tsconfig.json", compilerOptions, include: ["compiled"], references: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  const said = await run(tsc, ["-p", folder, "--pretty", "false"]).catch((error) => error);
  return `${said.stdout}${said.stderr}`;
}

/** Every example of every document, against the declarations in the unpacked tarballs. @throws with what does not compile */
export async function compileAgainstPacked(): Promise<void> {
  const folder = mkdtempSync(join(ROOT, "test", ".docs-"));
  try {
    const all = examples().map(({ code, file, line }, i) => ({ id: `e${i}`, code, place: `${file}:${line}` }));
    const said = await compileExamples(folder, all, { paths: packedPaths() });
    const wrong = all.filter(({ id }) => said.includes(`compiled/${id}.ts(`));
    if (said.trim() !== "") throw new Error(`${wrong.map(({ place }) => place).join(", ")}\n${said}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packedPaths(): Record<string, string[]> {
  // npm lays it down beside the package that names it as a peer; the tarballs here stand alone.
  const typesOfExpress = realpathSync(join(ROOT, "test", "node_modules", "@types", "express"));
  const paths: Record<string, string[]> = {
    "express-serve-static-core": [join(typesOfExpress, "..", "express-serve-static-core", "index.d.ts")],
  };
  for (const folder of packageFolders()) {
    const { name, publishConfig } = readManifest(folder) as unknown as {
      name: string;
      publishConfig: { exports?: Record<string, { types?: string }> };
    };
    for (const [subpath, { types }] of Object.entries(publishConfig.exports ?? {}))
      if (types !== undefined) paths[join(name, subpath)] = [join(PACKED, "node_modules", name, types)];
  }
  return paths;
}
