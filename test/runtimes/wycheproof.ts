import { readdirSync, readFileSync } from "node:fs";

type Test = readonly [id: number, comment: string, message: string, signature: string, result: string];

/** One key of a file, with the tests of it that another runtime is to run. */
export interface Share {
  readonly algorithm: string;
  readonly form: string;
  readonly key: string;
  readonly tests: readonly Test[];
}

const FOLDER = new URL("../vectors/wycheproof/", import.meta.url);
/** Of each file: other runtimes have the libraries that these were made for, and take seconds for all. */
const TESTS = 80;

/** The first tests of every file of test/vectors/wycheproof, without those that may end in either way. */
export function wycheproof(): Share[] {
  return readdirSync(FOLDER)
    .filter((name) => /-(der|raw)\.json$/.test(name))
    .flatMap((name) => {
      const { algorithm, form, groups } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as {
        algorithm: string;
        form: string;
        groups: readonly { readonly key: string; readonly tests: readonly Test[] }[];
      };
      let left = TESTS;
      return groups.flatMap(({ key, tests }) => {
        const some = tests.filter(([, , , , result]) => result !== "acceptable").slice(0, left);
        left -= some.length;
        return some.length === 0 ? [] : [{ algorithm, form, key, tests: some }];
      });
    });
}
