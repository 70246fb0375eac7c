/** The rules bite: each is shown a made-up tree that breaks it. */
import { describe, expect, test } from "vitest";
import { circles } from "./circles.ts";
import { violations } from "./directions.ts";
import type { House } from "./floors.ts";
import { roomsProblems } from "./rooms-list.ts";
import type { PackageTree } from "./tree.ts";

type Files = Readonly<Record<string, readonly string[]>>;

function tree(name: string, files: Files, manifest: Partial<PackageTree> = {}): PackageTree {
  const nothing = { subpaths: ["", "/event"], internal: {}, dependencies: [], peerDependencies: [] };
  return { name, ...nothing, ...manifest, files: new Map(Object.entries(files)) };
}

describe("circles", () => {
  test("a chain is none, nor is a file that two import", () => {
    const files = { "a.ts": ["./b.ts", "./c.ts"], "b.ts": ["./c.ts"], "c.ts": ["node:fs", "zod"] };
    expect(circles(tree("core", files))).toEqual([]);
  });

  test("two files, if only types go round", () => {
    const files = { "x/a.ts": ["./b.ts"], "x/b.ts": ["../x/a.ts"] };
    expect(circles(tree("core", files))).toEqual(["core: x/a.ts → x/b.ts → x/a.ts"]);
  });

  test("the shortest way round from each file is named, and each circle once", () => {
    const files = {
      "in.ts": ["./a.ts"],
      "a.ts": ["./b.ts", "./c.ts"],
      "b.ts": ["./c.ts"],
      "c.ts": ["./a.ts"],
      "d.ts": ["./e.ts"],
      "e.ts": ["./d.ts"],
    };
    expect(circles(tree("core", files))).toEqual([
      "core: a.ts → c.ts → a.ts",
      "core: b.ts → c.ts → a.ts → b.ts",
      "core: d.ts → e.ts → d.ts",
    ]);
  });

  test("not by a pair of rooms that is an exception", () => {
    const files = { "x/a.ts": ["../y/b.ts"], "y/b.ts": ["../x/a.ts", "./c.ts"], "y/c.ts": ["./b.ts"] };
    expect(circles(tree("core", files), { "y → x": "for now" })).toEqual(["core: y/b.ts → y/c.ts → y/b.ts"]);
  });

  test("a file that imports itself", () => {
    expect(circles(tree("core", { "a.ts": ["./a.ts"] }))).toEqual(["core: a.ts → a.ts"]);
  });

  test("through a name that the runtime decides", () => {
    const files = { "b/b.ts": ["#b"], "b/node.ts": [], "b/web.ts": ["./b.ts"] };
    const internal = { "#b": ["b/node.ts", "b/web.ts"] };
    expect(circles(tree("core", files, { internal }))).toEqual(["core: b/b.ts → b/web.ts → b/b.ts"]);
  });
});

describe("directions", () => {
  const core: House = { uses: [], floors: [["low", "beside"], ["high"], ["index.ts"]], node: ["low/node.ts"] };
  const door: House = { uses: ["core"], floors: [["index.ts"]], peers: ["framework"] };
  const houses = { core, express: door, hono: door };
  const empty = tree("core", {});
  const found = (subject: PackageTree, table: Readonly<Record<string, House>> = houses) =>
    violations(subject, [empty, subject], table);

  test("downward and at home is allowed", () => {
    const files = {
      "low/a.ts": ["./node.ts", "#low"],
      "low/node.ts": ["node:fs"],
      "high/b.ts": ["../low/a.ts"],
      "index.ts": ["./high/b.ts", "./low/a.ts"],
    };
    expect(found(tree("core", files, { internal: { "#low": ["low/node.ts"] } }))).toEqual([]);
  });

  test("an upward import", () => {
    expect(found(tree("core", { "low/a.ts": ["../high/b.ts"], "high/b.ts": [] }))).toEqual([
      "core: low/a.ts imports high/b.ts, which is not below it",
    ]);
  });

  test("an upward import by a name that the runtime decides", () => {
    const files = { "low/a.ts": ["#high"], "high/node.ts": [] };
    expect(found(tree("core", files, { internal: { "#high": ["high/node.ts"] } }))).toEqual([
      "core: low/a.ts imports high/node.ts, which is not below it",
    ]);
  });

  test("a neighbour on the same floor", () => {
    expect(found(tree("core", { "low/a.ts": ["../beside/b.ts"], "beside/b.ts": [] }))).toEqual([
      "core: low/a.ts imports beside/b.ts, which is not below it",
    ]);
  });

  test("a room without a floor, and a package without any", () => {
    expect(found(tree("core", { "attic/a.ts": [] }))).toEqual(["core: attic has no floor"]);
    expect(found(tree("cellar", {}))).toEqual(["cellar has no floors in test/structure/floors.ts"]);
  });

  test("a file at the root that no user calls", () => {
    const house: House = { uses: [], floors: [["index.ts", "helper.ts"]], root: ["index.ts"] };
    expect(found(tree("core", { "index.ts": [], "helper.ts": [] }), { core: house })).toEqual([
      "core: helper.ts belongs in a folder",
    ]);
  });

  test("an exception lets its own pair through, and is told when nothing needs it", () => {
    const house: House = { ...core, exceptions: { "low → high": "for now" } };
    const files = { "low/a.ts": ["../high/b.ts"], "high/b.ts": [] };
    expect(found(tree("core", files), { core: house })).toEqual([]);
    expect(found(tree("core", { "low/a.ts": [] }), { core: house })).toEqual([
      'core: the exception "low → high" is not needed any more; delete it',
    ]);
  });

  test("a file that is not there", () => {
    expect(found(tree("core", { "high/b.ts": ["../low/gone.ts"] }))).toEqual([
      "core: high/b.ts imports low/gone.ts, which is no source file",
    ]);
  });

  test("another package past its public subpaths", () => {
    const dependencies = ["@countersign/core"];
    const files = {
      "index.ts": ["@countersign/core", "@countersign/core/event", "@countersign/core/src/lib/bytes.ts"],
    };
    expect(found(tree("express", files, { dependencies }))).toEqual([
      "express: index.ts imports @countersign/core/src/lib/bytes.ts, which core does not export",
    ]);
  });

  test("another package by its path", () => {
    expect(found(tree("express", { "index.ts": ["../../core/src/index.ts"] }))).toContain(
      "express: index.ts imports ../../core/src/index.ts, which is no source file",
    );
  });

  test("adapters that import each other", () => {
    const dependencies = ["@countersign/core", "@countersign/hono"];
    expect(found(tree("express", { "index.ts": ["@countersign/hono"] }, { dependencies }))).toEqual([
      "express may not depend on @countersign/hono",
      "express: index.ts imports @countersign/hono, but express may not use hono",
    ]);
  });

  test("a package that looks up at who uses it", () => {
    expect(found(tree("core", { "index.ts": ["@countersign/express"] }))).toEqual([
      "core: index.ts imports @countersign/express, but core may not use express",
    ]);
  });

  test("a dependency that nobody agreed to, or that is not declared", () => {
    expect(found(tree("core", { "index.ts": ["left-pad/lib"] }, { dependencies: ["left-pad"] }))).toEqual([
      "core may not depend on left-pad",
    ]);
    expect(
      found(tree("express", { "index.ts": ["framework", "@scope/other/part"] }, { peerDependencies: ["framework"] })),
    ).toEqual(["express: index.ts imports @scope/other/part, which its package.json does not name"]);
    expect(found(tree("express", {}, { peerDependencies: ["other"] }))).toEqual(["express has no peer other"]);
  });

  test("Node's own modules where every runtime must do", () => {
    expect(found(tree("core", { "low/a.ts": ["node:crypto"] }))).toEqual([
      "core: low/a.ts imports node:crypto, which only Node has",
    ]);
  });
});

describe("a README's rooms", () => {
  const files = ["index.ts", "body/json.ts", "body/text.ts", "time/clock.ts"];
  const readme = (...lines: string[]) =>
    ["# name", "## Rooms", "", ...lines, "## Other", "- `more/`: no room"].join("\n");

  test("each folder in a line is enough, and a file at the root may have one", () => {
    expect(roomsProblems(readme("- `body/`: bytes", "- `time/`: clocks", "- `index.ts`: names"), files)).toEqual([]);
  });

  test("one is missing, one is gone, one says nothing, one appears twice", () => {
    expect(
      roomsProblems(readme("- `body/`: bytes", "- `attic/`: what is old", "- `body/`: again", "- `time/`:"), files),
    ).toEqual(['"- `time/`:" is no entry', "time/ is missing", "attic/ does not exist", "body/ appears twice"]);
    expect(roomsProblems("# name", files)).toEqual(['there is no "Rooms"']);
  });

  test("without folders, every file but the index has a line", () => {
    expect(roomsProblems(readme("- `webhook.ts`: the door"), ["index.ts", "types.ts", "webhook.ts"])).toEqual([
      "types.ts is missing",
    ]);
  });
});
