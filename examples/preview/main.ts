import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "./page.ts";

// npm run preview [-- file.html]
const [given] = process.argv.slice(2);
const file =
  given === undefined ? join(tmpdir(), "countersign-preview.html") : resolve(process.env.INIT_CWD ?? "", given);
writeFileSync(file, build());
console.log(file);
