import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../packed/pack.ts";
import { propertyFiles } from "./properties.ts";

const files = propertyFiles();

test("the campaign finds the properties", () => {
  expect(files).toContain("test/properties/round-trip.test.ts");
  expect(files).not.toContain("test/campaign/rounds.test.ts");
});

test.each(files)("%s draws from the one seed", (file) => {
  const source = readFileSync(join(ROOT, file), "utf8");
  expect(source).not.toMatch(/\bseed:/);
  const project = file.startsWith("test/") ? "test" : file.split("/").slice(0, 2).join("/");
  expect(readFileSync(join(ROOT, project, "vitest.config.ts"), "utf8")).toMatch(/setupFiles: \[".*\bseed\.ts"\]/);
});
