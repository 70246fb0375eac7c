import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../packed/pack.ts";
import { compileExamples } from "./compile.ts";
import { examples, promisedOutput, withClaims } from "./examples.ts";

const run = promisify(execFile);
const BIN = join(ROOT, "node_modules", ".bin");
const all = examples().map((example, i) => ({ ...example, name: `${example.file}:${example.line}`, id: `e${i}` }));

/** Examples that must fail, so that a check which looks at nothing cannot pass. */
const WRONG_TYPE = { id: "wrong-type", code: "const text: string = 1;" };
const WRONG_CLAIM = { id: "wrong-claim", code: "1 + 1; // 3" };

interface Ran {
  readonly file: string;
  readonly printed: readonly string[];
  readonly error?: string;
}

// Inside the test workspace, because there every package and every client that an example names is installed.
const folder = mkdtempSync(join(ROOT, "test", ".docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runAll(): Promise<Map<string, Ran>> {
  mkdirSync(join(folder, "run"));
  const files = [...all.filter(({ runs }) => runs), WRONG_CLAIM].map(({ id, code }) => {
    const file = join(folder, "run", `${id}.ts`);
    writeFileSync(file, `${withClaims(code)}\nexport {};\n`);
    return file;
  });
  const runner = fileURLToPath(new URL("runner.ts", import.meta.url));
  const report = join(folder, "report");
  const ended = await run(join(BIN, "tsx"), [runner, report, ...files], { timeout: 90_000 }).catch((error) => error);
  const lines = readFileSync(report, "utf8").trimEnd().split("\n");
  const results = lines.map((line) => JSON.parse(line) as Ran);
  if (results.length < files.length) throw new Error(`The runner stopped after ${results.length}: ${ended.stderr}`);
  return new Map(results.map((result) => [result.file, result]));
}

let diagnostics = "";
let results = new Map<string, Ran>();
beforeAll(async () => {
  diagnostics = await compileExamples(folder, [...all, WRONG_TYPE]);
  results = await runAll();
}, 180_000);

/** Where in the documented file a line of an example stands. */
const placeOf = (example: (typeof all)[number], line: string) => `${example.file}:${example.line + Number(line) - 1}`;

describe("examples compile", () => {
  test("and one that is wrong does not", () => {
    expect(diagnostics).toContain(`compiled/${WRONG_TYPE.id}.ts(1,7): error TS2322`);
  });

  for (const example of all)
    test(example.name, () => {
      const own = new RegExp(`(?:^|/)compiled/${example.id}\\.ts\\((\\d+),\\d+\\): (.*(?:\\n +.*)*)`, "gm");
      const errors = [...diagnostics.matchAll(own)].map(
        ([, line, text]) => `${placeOf(example, line as string)} ${text}`,
      );
      expect(errors).toEqual([]);
    });
});

describe("examples of docstrings run, and do what they say", () => {
  test("and one that is wrong does not", () => {
    expect(results.get(join(folder, "run", `${WRONG_CLAIM.id}.ts`))?.error).toMatch(/AssertionError/);
  });

  for (const example of all.filter(({ runs }) => runs))
    test(example.name, () => {
      const { error, printed } = results.get(join(folder, "run", `${example.id}.ts`)) as Ran;
      const [, line = "1"] = new RegExp(`/run/${example.id}\\.ts:(\\d+)`).exec(error ?? "") ?? [];
      expect(error && `${placeOf(example, line)} ${error}`).toBeUndefined();
      const promised = promisedOutput(example.code);
      expect(printed.filter((text) => promised.includes(text))).toEqual(promised);
    });
});
