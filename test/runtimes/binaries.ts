import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Where each runtime's binary lies in the package of its platform. */
const PATHS = {
  bun: ["bin/bun", "bin/bun.exe"],
  deno: ["deno", "deno.exe"],
  workerd: ["bin/workerd", "bin/workerd.exe"],
};

export type Runtime = keyof typeof PATHS;

/**
 * The runtime's binary, from the one optional dependency that was made for this platform. It is run from there: the
 * launcher beside it would first look for it, or download it.
 */
function find(name: Runtime): string | undefined {
  const manifest = require.resolve(`${name}/package.json`);
  const { optionalDependencies = {} } = require(manifest) as { optionalDependencies?: Record<string, string> };
  const beside = createRequire(manifest);
  for (const dependency of Object.keys(optionalDependencies)) {
    let home: string;
    try {
      home = dirname(beside.resolve(`${dependency}/package.json`));
    } catch {
      continue;
    }
    const binary = PATHS[name].map((path) => join(home, path)).find(existsSync);
    if (binary !== undefined) return binary;
  }
  return undefined;
}

/** The binary; where there is none for this platform, its tests are left out with a line, and in CI that is a failure. */
export function binaryOf(name: Runtime): string | undefined {
  const binary = find(name);
  if (binary === undefined) {
    const line = `${name} has no binary for ${process.platform} ${process.arch} here.`;
    if (process.env.CI === "true") throw new Error(line);
    console.warn(`Left out: ${line}`);
  }
  return binary;
}
