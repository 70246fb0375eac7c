import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { deadLinks } from "../docs/links.ts";
import { filesUnder, type Manifest, ROOT, readManifest } from "./pack.ts";

/** What is wrong with an unpacked package, one sentence each. */
export async function problemsOf(folder: string): Promise<string[]> {
  const files = new Set(filesUnder(folder));
  const manifest = readManifest(folder);
  return [
    ...(await lint(folder)),
    ...missingFiles(files),
    ...strayFiles(files),
    ...deadTargets(manifest, files),
    ...badTexts(folder, files),
    ...badSpecifiers(folder, files, manifest),
    ...badLinks(folder, files),
  ];
}

async function lint(pkgDir: string): Promise<string[]> {
  const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

function missingFiles(files: ReadonlySet<string>): string[] {
  return ["package.json", "README.md", "LICENSE"].filter((file) => !files.has(file)).map((file) => `no ${file}`);
}

function strayFiles(files: ReadonlySet<string>): string[] {
  const shipped = /^(dist|src)\/|^docs\/(?:[\w-]+\.(?:md|png)|llms\.txt)$|^(package\.json|README\.md|LICENSE)$/;
  const unwanted = /\.test\.|\.tsbuildinfo$|vitest\.config|(^|\/)\./;
  return [...files]
    .filter((file) => !shipped.test(file) || unwanted.test(file))
    .map((file) => `${file} has no place in a package`);
}

/** Everything that package.json points at is there. */
function deadTargets({ exports = {}, imports = {}, bin = {} }: Manifest, files: ReadonlySet<string>): string[] {
  const targets = Object.entries({ ...exports, ...imports }).flatMap(([name, target]) =>
    Object.values(typeof target === "string" ? { default: target } : target).map((path) => ({ name, path })),
  );
  for (const path of typeof bin === "string" ? [bin] : Object.values(bin)) targets.push({ name: "bin", path });
  return targets
    .filter(({ path }) => !files.has(normalize(path)) || /^\.\/src\//.test(path))
    .map(({ name, path }) => `${name} points at ${path}, which is not built output in the tarball`);
}

/** No word of the workspace, nor of the machine that packed it. */
function badTexts(folder: string, files: ReadonlySet<string>): string[] {
  const machine = [ROOT.replace(/\/$/, ""), homedir(), join(tmpdir(), "/")].filter((path) => path.length > 1);
  const problems: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    if (file === "package.json" && text.includes("workspace:")) problems.push("package.json says workspace:");
    for (const path of machine) if (text.includes(path)) problems.push(`${file} holds a path of this machine: ${path}`);
  }
  return problems;
}

const SPECIFIER = /^(?:import|(?:import|export)\b[\w\s{},*$]*?\bfrom)\s*"([^"\n]+)"|\bimport\("([^"\n]+)"\)/gm;

/** Each import of the compiled output is in the tarball, in Node, or a declared dependency; each map has its source. */
function badSpecifiers(folder: string, files: ReadonlySet<string>, manifest: Manifest): string[] {
  const known = new Set([
    manifest.name,
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.imports }),
    ...builtinModules.flatMap((name) => [name, `node:${name}`]),
  ]);
  const problems: string[] = [];
  for (const file of files) {
    if (/^dist\/.*\.map$/.test(file)) {
      const { sources } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { sources: string[] };
      for (const source of sources) {
        if (!existsSync(join(folder, dirname(file), source))) problems.push(`${file}: no source ${source}`);
      }
    }
    if (!/^dist\/.*(\.js|\.d\.ts)$/.test(file)) continue;
    for (const [, named, called] of withoutComments(readFileSync(join(folder, file), "utf8")).matchAll(SPECIFIER)) {
      const specifier = named ?? called ?? "";
      const bare = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
      const found = specifier.startsWith(".")
        ? hasModule(file, specifier, files)
        : known.has(specifier) || known.has(bare);
      if (!found) problems.push(`${file} imports "${specifier}", which the package does not bring along`);
    }
  }
  return problems;
}

function hasModule(file: string, specifier: string, files: ReadonlySet<string>): boolean {
  const target = normalize(join(dirname(file), specifier));
  if (!file.endsWith(".d.ts")) return files.has(target);
  // Declarations keep the ".ts" of the source; TypeScript reads it as the declaration beside.
  return files.has(target.replace(/\.[jt]s$/, ".d.ts"));
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** Who reads a document on npm, or in node_modules, has the tarball and nothing else. */
function badLinks(folder: string, files: ReadonlySet<string>): string[] {
  const documents = [...files].filter((file) => file.endsWith(".md"));
  return documents.flatMap((file) =>
    deadLinks(join(folder, file), folder).map((link) => `${file} links to ${link}, which is not in the tarball`),
  );
}
