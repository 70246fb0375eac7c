import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { runInNewContext } from "node:vm";
import { packageFolders, ROOT } from "../packed/pack.ts";

export interface Example {
  readonly file: string;
  /** The line of the file on which the code begins. */
  readonly line: number;
  readonly code: string;
  /** The examples of docstrings are run; those of a document may listen on a port, and are only compiled. */
  readonly runs: boolean;
}

const FENCE = /```ts\n([\s\S]*?)```/g;

function fencesIn(file: string, text: string, runs: boolean): Example[] {
  return [...text.matchAll(FENCE)].map((match) => ({
    file: relative(ROOT, file),
    line: text.slice(0, match.index).split("\n").length + 1,
    code: match[1] as string,
    runs,
  }));
}

/** Docstrings keep their line breaks and lose everything else, so that lines are counted as in the file. */
function docstringsOf(source: string): string {
  const kept = source.replace(/\/\*\*[\s\S]*?\*\//g, (comment) => `\u0001${comment}\u0001`).split("\u0001");
  return kept
    .map((part) => (part.startsWith("/**") ? part.replace(/^[ \t]*\*(?!\/) ?/gm, "") : part.replace(/[^\n]/g, "")))
    .join("");
}

function sourcesOf(folder: string): string[] {
  return readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => join(folder, "src", file));
}

export function readmes(): string[] {
  const folders = [ROOT, ...packageFolders()];
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file === "README.md")
      .map((file) => join(folder, file)),
  );
}

/** The pages that ship with a package beside its README. */
export function pages(): string[] {
  return packageFolders().flatMap((folder) => {
    const docs = join(folder, "docs");
    const files = existsSync(docs) ? readdirSync(docs).filter((file) => file.endsWith(".md")) : [];
    return files.map((file) => join(docs, file));
  });
}

export function examples(): Example[] {
  const sources = packageFolders().flatMap(sourcesOf).sort();
  return [
    ...sources.flatMap((file) => fencesIn(file, docstringsOf(readFileSync(file, "utf8")), true)),
    ...[...readmes(), ...pages()].flatMap((file) => fencesIn(file, readFileSync(file, "utf8"), false)),
  ];
}

/**
 * The same lines, with each promise of a result made into a check: `expression; // "value"` where the comment is a
 * literal. Other comments are comments.
 */
export function withClaims(code: string): string {
  const statement = /^(\s*)(?!(?:const|let|import|export|return|for|if|throw|type|\/\/)\b|console\.)(\S.*); \/\/ (.+)$/;
  const checked = (line: string) => {
    const [, indent, expression, value] = statement.exec(line) ?? [];
    return value !== undefined && isLiteral(value) ? `${indent}claim(${expression}, ${value});` : line;
  };
  return code.split("\n").map(checked).join("\n");
}

/** What an example says that it prints: `console.log(…); // text`, or the comment on the next line. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/\bconsole\.log\(.*\);(?:\n?[ \t]*)\/\/ (.+)$/gm)].map((match) => match[1] as string);
}

function isLiteral(text: string): boolean {
  try {
    runInNewContext(`(${text})`, Object.create(null));
    return true;
  } catch {
    return false;
  }
}
