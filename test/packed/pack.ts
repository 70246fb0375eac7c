import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PNPM = ["--yes", "pnpm@12.21.0"];
export const PACKED = join(ROOT, "test", ".packed");

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** The folders of the packages that are published; `only` names some of them. */
export function packageFolders(only?: readonly string[]): string[] {
  return readdirSync(join(ROOT, "packages"))
    .map((folder) => join(ROOT, "packages", folder))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .filter((folder) => only === undefined || only.includes(readManifest(folder).name));
}

/** Compiles packages, and takes away what a source that is gone has left in `dist`: it would be published too. */
export function build(folders: readonly string[]): void {
  execFileSync(join(ROOT, "node_modules", ".bin", "tsc"), ["-b", ...folders], { stdio: "inherit" });
  for (const folder of folders) {
    for (const file of filesUnder(join(folder, "dist"))) {
      const source = file.replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts");
      if (source !== file && !existsSync(join(folder, "src", source))) rmSync(join(folder, "dist", file));
    }
  }
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Packages as the tarballs that npm would get, by name. */
export function packAll(into: string, folders: readonly string[] = packageFolders()): Map<string, string> {
  const filters = folders.flatMap((folder) => ["--filter", `./${relative(ROOT, folder)}`]);
  const printed = execFileSync("npx", [...PNPM, ...filters, "pack", "--json", "--pack-destination", into], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 64 * 1_048_576,
  });
  // One package is printed as an object, several as a list.
  const packed = [JSON.parse(printed)].flat() as { name: string; filename: string }[];
  const tarballs = new Map(packed.map(({ name, filename }) => [name, filename]));
  if (tarballs.size !== folders.length) throw new Error(`Packed ${tarballs.size} of ${folders.length} packages.`);
  return tarballs;
}

/** Unpacks tarballs into `folder/node_modules`, without asking any registry for what they depend on. */
export function unpack(tarballs: ReadonlyMap<string, string>, folder: string): void {
  for (const [name, tarball] of tarballs) {
    const target = join(folder, "node_modules", name);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  }
}

/** Unpacks the tarballs where plain Node finds them, with everybody else's packages from the test workspace. */
export function unpackForNode(): string {
  rmSync(PACKED, { recursive: true, force: true });
  unpack(packAll(join(PACKED, "tarballs")), PACKED);
  return PACKED;
}

/** Imports a package as it is published, not as it stands in the workspace. */
export async function importPacked<T>(specifier: string): Promise<T> {
  const require = createRequire(join(PACKED, "index.js"));
  return (await import(pathToFileURL(require.resolve(specifier)).href)) as T;
}
