import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKED = join(ROOT, "test", ".packed");

/** Every package that is published, as the tarball that npm would get. */
export function packAll(into: string): Map<string, string> {
  mkdirSync(into, { recursive: true });
  const tarballs = new Map<string, string>();
  for (const folder of readdirSync(join(ROOT, "packages"))) {
    const cwd = join(ROOT, "packages", folder);
    if (!existsSync(join(cwd, "package.json"))) continue;
    const { name } = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")) as { name: string };
    const printed = execFileSync("npx", ["--yes", "pnpm@12.21.0", "pack", "--json", "--pack-destination", into], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { filename } = JSON.parse(printed.slice(printed.indexOf("{"))) as { filename: string };
    tarballs.set(name, filename.startsWith("/") ? filename : join(into, filename));
  }
  return tarballs;
}

/** Unpacks the tarballs where plain Node finds them, with everybody else's packages from the test workspace. */
export function unpackForNode(): string {
  rmSync(PACKED, { recursive: true, force: true });
  for (const [name, tarball] of packAll(join(PACKED, "tarballs"))) {
    const target = join(PACKED, "node_modules", name);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  }
  return PACKED;
}

/** Imports a package as it is published, not as it stands in the workspace. */
export async function importPacked<T>(specifier: string): Promise<T> {
  const require = createRequire(join(PACKED, "index.js"));
  return (await import(pathToFileURL(require.resolve(specifier)).href)) as T;
}

