import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { packageFolders, readManifest } from "../packed/pack.ts";
import { importsOf } from "./imports.ts";

/** A package as the rules see it. */
export interface PackageTree {
  /** Its folder's name, by which the tables call it: `core`. */
  readonly name: string;
  /** The subpaths that others may import: `""` is the package itself, `/event` a part of it. */
  readonly subpaths: readonly string[];
  /** What `#name` can stand for, on any runtime. */
  readonly internal: Readonly<Record<string, readonly string[]>>;
  readonly dependencies: readonly string[];
  readonly peerDependencies: readonly string[];
  /** Source file, from `src`, with what it imports as it is written there. Tests are free, and not in here. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** A path within a package, for an import that is relative or `#internal`; several where the runtime decides. */
export function within(tree: PackageTree, file: string, specifier: string): readonly string[] {
  if (specifier.startsWith("#")) return tree.internal[specifier] ?? [];
  return specifier.startsWith(".") ? [join(file, "..", specifier)] : [];
}

/** The room of a file: its first folder, or the file itself where it is at the root. */
export function roomOf(file: string): string {
  return file.split("/")[0] as string;
}

/** The packages of this repository. */
export function readTrees(): PackageTree[] {
  return packageFolders().map((folder) => {
    const manifest = readManifest(folder);
    return {
      name: basename(folder),
      subpaths: Object.keys(manifest.exports ?? {}).map((subpath) => subpath.slice(1)),
      internal: Object.fromEntries(
        Object.entries(manifest.imports ?? {}).map(([name, conditions]) => [
          name,
          [...new Set(Object.values(conditions))].map((path) => path.replace("./src/", "")),
        ]),
      ),
      dependencies: Object.keys(manifest.dependencies ?? {}),
      peerDependencies: Object.keys(manifest.peerDependencies ?? {}),
      files: new Map(
        sourcesOf(folder).map((file) => [file, importsOf(readFileSync(join(folder, "src", file), "utf8"))]),
      ),
    };
  });
}

/** Source files of a package, from its `src`, without tests. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
    .sort();
}
