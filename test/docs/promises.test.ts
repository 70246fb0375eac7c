import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolders, ROOT, readManifest } from "../packed/pack.ts";
import { pages, readmes } from "./examples.ts";

const documents = [...readmes(), ...pages()].map((file) => ({
  name: relative(ROOT, file),
  text: readFileSync(file, "utf8"),
}));
const everything = documents.map(({ text }) => text).join("\n");
const manifests = packageFolders().map(readManifest);

const code = (name: string) => `\`${name}\``;

describe("subpaths", () => {
  const published = new Set(
    manifests.flatMap(({ name, exports = {} }) => Object.keys(exports).map((key) => join(name, key))),
  );

  it.each(documents)("$name names only subpaths that exist", ({ text }) => {
    const imported = [...text.matchAll(/from "(@countersign\/[\w/-]+)"/g)].map((match) => match[1] as string);
    const mentioned = [...text.matchAll(/`(@countersign\/[\w/-]+)`/g)].map((match) => match[1] as string);
    expect([...imported, ...mentioned].filter((name) => !published.has(name))).toEqual([]);
  });

  it.each(manifests)("every subpath of $name is in a README", ({ name, exports = {} }) => {
    const own = documents.find(({ text }) => text.startsWith(`# ${name}\n`))?.text ?? "";
    const missing = Object.keys(exports).filter((key) => {
      const subpath = key.slice(1);
      return !everything.includes(join(name, key)) && !own.includes(code(subpath));
    });
    expect(missing).toEqual([]);
  });
});
