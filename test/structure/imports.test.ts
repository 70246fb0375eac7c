import { expect, test } from "vitest";
import { importsOf } from "./imports.ts";

const written: Readonly<Record<string, readonly [source: string, specifiers: readonly string[]]>> = {
  "names, a default, a namespace and an effect": [
    'import a from "a";\nimport * as b from "b";\nimport { c } from "c";\nimport "d";\nimport e, { type f as g } from "e";',
    ["a", "b", "c", "d", "e"],
  ],
  "types alone": ['import type { A } from "./a.ts";\nexport type { B } from "./b.ts";', ["./a.ts", "./b.ts"]],
  "names over several lines": [
    'import {\n  type A,\n  b,\n} from "./a.ts";\nexport {\n  c,\n} from "./c.ts";',
    ["./a.ts", "./c.ts"],
  ],
  "everything exported again": ['export * from "./a.ts";\nexport * as b from "./b.ts";', ["./a.ts", "./b.ts"]],
  "with attributes": ['import rows from "./rows.json" with { type: "json" };', ["./rows.json"]],
  "when it is called": [
    '  const { a } = await import("./a.ts");\n  const b = await import(\n    "./b.ts"\n  );',
    ["./a.ts", "./b.ts"],
  ],
  "in a type": ['type A = import("./a.ts").A;', ["./a.ts"]],
  "one file twice": ['import type { A } from "./a.ts";\nexport { a } from "./a.ts";', ["./a.ts"]],
  "not an example in a docstring": [
    '/**\n * ```ts\n * import { a } from "./a.ts";\n * const b = await import("./b.ts");\n * ```\n */\nexport const a = 1;',
    [],
  ],
  "not a comment": ['// import { a } from "./a.ts";\nconst a = 1; // const b = import("./b.ts");', []],
  "not what a string says": ['const text = \'const a = import("./a.ts")\';\nconst other = `import("./b.ts")`;', []],
  "not a declaration before an import": [
    'export interface A {\n  from: string;\n}\nexport const text = "x";\nexport { text as b };\nimport { c } from "./c.ts";',
    ["./c.ts"],
  ],
};

test.each(Object.entries(written))("it reads imports: %s", (_, [source, specifiers]) => {
  expect(importsOf(source)).toEqual(specifiers);
});
