import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageFolders } from "../packed/pack.ts";
import { circles } from "./circles.ts";
import { violations } from "./directions.ts";
import { houses } from "./floors.ts";
import { roomsProblems } from "./rooms-list.ts";
import { readTrees, sourcesOf } from "./tree.ts";

const trees = readTrees();

describe.each(trees)("$name", (tree) => {
  test("has no circle of imports", () => {
    expect(tree.files.size).toBeGreaterThan(2);
    expect(circles(tree, houses[tree.name]?.exceptions)).toEqual([]);
  });

  test("imports downward only", () => {
    expect(violations(tree, trees, houses)).toEqual([]);
  });
});

test.each(packageFolders().map((folder) => ({ folder, name: basename(folder) })))(
  "the README of $name names every room",
  ({ folder }) => {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(roomsProblems(readme, sourcesOf(folder))).toEqual([]);
  },
);
