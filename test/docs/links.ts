import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The anchors that GitHub and npm give to headings. */
export function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** The targets of a document's links: `[text](target)`, code left out. */
export function linksIn(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string);
}

/**
 * The links of a document that lead nowhere: to a file that is not there, to a heading that its page does not have, out
 * of `home` (what ships with it), or over plain HTTP.
 */
export function deadLinks(file: string, home: string): string[] {
  const text = readFileSync(file, "utf8");
  return linksIn(text).filter((link) => {
    if (/^https:\/\//.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : join(dirname(file), path);
    if (!existsSync(target) || relative(home, target).startsWith("..")) return true;
    if (anchor === undefined) return false;
    return !statSync(target).isFile() || !anchors(readFileSync(target, "utf8")).includes(anchor);
  });
}
