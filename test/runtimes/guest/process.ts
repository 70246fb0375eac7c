/** The entry for Bun and Deno: reads the cases that it is given, prints its report. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { check } from "./check.ts";

console.log(JSON.stringify(await check(JSON.parse(readFileSync(process.argv[2] as string, "utf8")))));
