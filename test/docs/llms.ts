/**
 * `llms.txt` (https://llmstxt.org), made from the documents themselves: what each answers, and where it is. It ships in
 * core, where every user has it. Its links hold in this repository and in `node_modules`, where packages are neighbours
 * too. `npm run llms` writes it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFolders, ROOT } from "../packed/pack.ts";
import { pages } from "./examples.ts";

export const LLMS = join(ROOT, "packages", "core", "docs", "llms.txt");

/** What a model gets wrong that has seen other libraries only. */
const FIRST = [
  "Verify before any body parser: the proof covers the bytes as they came. `express.json()` goes behind the route.",
  "The providers come from `@countersign/core/providers`; a provider of your own is one call, `defineProvider()`.",
  "Refusals have stable codes. For a refused request run `npx countersign explain`, or pass `explain` to the verifier.",
  "Tests sign with `signedRequest()` of `@countersign/core/testing`; nothing has to be switched off.",
  "`countersign mcp` serves explain, verify, sign, providers and check as tools; secrets are named where it is started.",
];

/** The text, from what the documents say today. */
export function llmsText(): string {
  const root = read(join(ROOT, "README.md"));
  const folders = packageFolders().sort((a, b) => order(a) - order(b) || basename(a).localeCompare(basename(b)));
  const all = pages();
  return [
    `# ${root.title}`,
    "",
    `> ${root.first.replaceAll("**", "")}`,
    "",
    ...FIRST.map((one) => `- ${one}`),
    "",
    "## Packages",
    "",
    ...folders.map((folder) => line(join(folder, "README.md"))),
    ...folders.flatMap((folder) => {
      const own = all.filter((page) => page.startsWith(join(folder, "docs"))).sort();
      return own.length === 0 ? [] : ["", `## Pages of ${read(join(folder, "README.md")).title}`, "", ...own.map(line)];
    }),
    "",
  ].join("\n");
}

/** Core comes first: the others rest on it. */
const order = (folder: string) => (basename(folder) === "core" ? 0 : 1);

function line(file: string): string {
  const { title, first, headings } = read(file);
  const link = relative(dirname(LLMS), file).replaceAll("\\", "/");
  return `- [${title}](${link}): ${first}${headings.length === 0 ? "" : ` Sections: ${headings.join("; ")}.`}`;
}

function read(file: string) {
  const text = readFileSync(file, "utf8").replace(/```[\s\S]*?```/g, "");
  const [title = "", first = ""] = text.split(/\n{2,}/);
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading.replaceAll("`", ""));
  return { title: title.replace(/^# /, ""), first: first.replaceAll("\n", " ").trim(), headings };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(LLMS, llmsText());
