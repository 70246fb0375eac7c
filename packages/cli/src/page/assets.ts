import { readFileSync } from "node:fs";
import { Failure } from "../terminal/failure.ts";

/** A file that the page is made of. */
export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>countersign</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/app.css">
<body>
<div id="app"></div>
<noscript>This page needs its script.</noscript>
<script type="module" src="/app.js"></script>
</body>
</html>
`;

/** A signature and its counter-signature. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#3b4cca"/><path d="M9 19l6 6 12-14" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>';

/**
 * The page's files, by path, read once: they are served from memory.
 *
 * @param home the folder of this package
 * @throws Failure where the package was not built
 */
export function readAssets(home: URL): Readonly<Record<string, Asset>> {
  const file = (name: string) => readFileSync(new URL(`dist/browser/${name}`, home));
  try {
    return {
      "/": { type: "text/html; charset=utf-8", bytes: Buffer.from(HTML) },
      "/icon.svg": { type: "image/svg+xml", bytes: Buffer.from(ICON) },
      "/app.js": { type: "text/javascript; charset=utf-8", bytes: file("app.js") },
      "/app.css": { type: "text/css; charset=utf-8", bytes: file("app.css") },
    };
  } catch (error) {
    throw new Failure(
      "bug",
      "page_not_built",
      `The page's files are not there (${(error as NodeJS.ErrnoException).code ?? "ERR"}).`,
      "In a clone of the repository: npm run page, or npm run --prefix packages/cli prepack.",
    );
  }
}
