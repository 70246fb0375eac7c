import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../packed/pack.ts";

/** Every file of tests that asserts a random property, from the root of the repository. */
export function propertyFiles(): string[] {
  return ["packages", "test"]
    .flatMap((top) => testsUnder(top))
    .filter((file) => /\bfc\.(?:assert|check|sample)\(/.test(readFileSync(join(ROOT, file), "utf8")))
    .sort();
}

function testsUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(?:node_modules|dist|\..*)$/.test(entry.name) ? [] : testsUnder(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}
