import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defaultStatus, webhookErrorCodes } from "@countersign/core";
import { providers } from "@countersign/core/providers";
import { describe, expect, it } from "vitest";
import { packageFolders, ROOT, readManifest } from "../packed/pack.ts";
import { readmes } from "./examples.ts";

const documents = readmes().map((file) => ({ name: relative(ROOT, file), text: readFileSync(file, "utf8") }));
const everything = documents.map(({ text }) => text).join("\n");
const main = documents.find(({ name }) => name === "README.md")?.text ?? "";
const manifests = packageFolders().map(readManifest);

/** The rows of the table under a heading, cell by cell. */
function table(heading: string): string[][] {
  const section = main.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  // The first two are the head and its rule; a bar inside a cell is escaped.
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

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

it("every error code is in the table, with the status that it answers", () => {
  const documented = table("What a refusal says").map(([name, status]) => [name, status]);
  expect(documented).toEqual(webhookErrorCodes.map((name) => [code(name), String(defaultStatus(name))]));
});

it("every option of createVerifier is in the table, and no other", () => {
  // The compiler holds these keys and the interface's members together.
  const source = readFileSync(join(ROOT, "packages/core/src/receive/settings.ts"), "utf8");
  const [, keys = ""] = /const KEYS: KeysOf<VerifierOptions<[^>]*>> = \{\n([\s\S]*?)\n\}/.exec(source) ?? [];
  const options = [...keys.matchAll(/^ {2}(\w+): "/gm)].map((match) => code(match[1] as string));
  expect(options.length).toBeGreaterThan(10);
  expect(table("Options").map(([name]) => name)).toEqual(options);
});

describe("providers", () => {
  const rows = table("Providers");

  it.each(Object.values(providers).map((provider) => ({ provider, name: provider?.name })))(
    "what $name does not protect is in the table",
    ({ provider }) => {
      const camel = provider?.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) ?? "";
      const row = rows.find(([, imported = ""]) => new RegExp(`^\`${camel}\\b`).test(imported));
      expect(row, `a row for ${camel}`).toBeDefined();
      if (provider?.unprotected !== undefined) expect(row?.[3]).toContain(provider.unprotected);
    },
  );
});
