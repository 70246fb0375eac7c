import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { providers } from "@countersign/core/providers";
import { afterAll, describe, expect, it } from "vitest";
import { packageFolders, ROOT } from "../packed/pack.ts";
import { pages, readmes } from "./examples.ts";
import { deadLinks } from "./links.ts";

const markdownIn = (folder: string, recursive = false) =>
  readdirSync(folder, { recursive, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
    .map((file) => join(folder, file));

/** What ships with a document: its own package, else the whole repository. */
const homeOf = (file: string) => packageFolders().find((folder) => dirname(`${file}/`).startsWith(folder)) ?? ROOT;

const documents = new Set([...readmes(), ...pages(), ...markdownIn(ROOT), ...markdownIn(join(ROOT, "examples"), true)]);

describe("links of documents", () => {
  it.each([...documents].map((file) => ({ file, name: relative(ROOT, file) })))(
    "$name leads nowhere in vain",
    ({ file }) => {
      expect(deadLinks(file, homeOf(file))).toEqual([]);
    },
  );

  it("stand in tables without padding", () => {
    const padded = [...documents].flatMap((file) => {
      const text = readFileSync(file, "utf8").replace(/```[\s\S]*?```/g, "");
      const lines = text.split("\n").filter((line) => /^\|.*(?: {2,}\||\| {2,}|-{4,})/.test(line));
      return lines.map((line) => `${relative(ROOT, file)}: ${line.slice(0, 60)}`);
    });
    expect(padded).toEqual([]);
  });

  it("are looked at in the documents of every kind", () => {
    const names = [...documents].map((file) => relative(ROOT, file));
    const some = ["README.md", "SECURITY.md", "packages/core/README.md", "packages/core/docs/replay.md"];
    expect(names).toEqual(expect.arrayContaining([...some, "examples/README.md", "examples/recipes/README.md"]));
  });
});

describe("the check of links", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-links-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, "package");
  mkdirSync(join(home, "docs"), { recursive: true });
  writeFileSync(join(folder, "outside.md"), "# Outside");
  writeFileSync(join(home, "docs", "page.md"), "# A page\n\n## What is `kept`?\n");

  it.each([
    ["docs/page.md", true],
    ["docs/page.md#a-page", true],
    ["docs/page.md#what-is-kept", true],
    ["#top", true],
    ["https://example.com/", true],
    ["docs", true],
    ["docs/gone.md", false],
    ["docs/page.md#gone", false],
    ["docs#a-page", false],
    ["../outside.md", false],
    ["http://example.com/", false],
  ])("%s: %s", (link, alive) => {
    const file = join(home, "README.md");
    writeFileSync(file, `# Top\n\nSee [it](${link}), not \`[code](gone.md)\`.\n\n\`\`\`ts\nlist[0](gone);\n\`\`\`\n`);
    expect(deadLinks(file, home)).toEqual(alive ? [] : [link]);
  });
});

describe("the root README", () => {
  const text = readFileSync(join(ROOT, "README.md"), "utf8");

  it("is one that a person finishes: at most 9 KB", () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(9 * 1024);
  });

  it("counts the providers", () => {
    const [, atLeast] = /More than (\d+) providers/.exec(text) ?? [];
    expect(Object.keys(providers).length).toBeGreaterThan(Number(atLeast));
  });
});
