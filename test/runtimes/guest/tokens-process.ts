/** The entry for Bun and Deno: reads the cases with tokens that it is given, prints the verdicts. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { checkTokens } from "./tokens.ts";

console.log(JSON.stringify(await checkTokens(JSON.parse(readFileSync(process.argv[2] as string, "utf8")))));
