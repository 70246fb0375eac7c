import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "./pack.ts";
import { localized, promises, shellBlocks } from "./walk.ts";

const markdown = [
  "# name",
  "```sh",
  "npm start",
  "```",
  "## Try it",
  "```sh",
  "npm install @countersign/core other",
  "node a.mjs # @countersign/core on 3000",
  "```",
  "Then:",
  "```sh",
  "curl a   # HTTP/1.1 204 No Content",
  "curl b   # a comment",
  "```",
  "## More",
  "```sh",
  "rm a",
  "```",
].join("\n");

it("reads the blocks of one chapter, and what they promise", () => {
  const blocks = shellBlocks(markdown, "Try it");
  expect(blocks).toHaveLength(2);
  expect(blocks.map(promises)).toEqual([[], ["HTTP/1.1 204 No Content"]]);
});

it("installs the tarballs and nothing else of ours", () => {
  const [block = ""] = shellBlocks(markdown, "Try it");
  const tarballs = new Map([["@countersign/core", "/tmp/core.tgz"]]);
  expect(localized(block, tarballs, 4711)).toBe(
    'npm install "/tmp/core.tgz" other\nnode a.mjs # @countersign/core on 4711\n',
  );
  expect(() => localized(block, new Map(), 4711)).toThrow("@countersign/core");
});

it("the root README has the two blocks that `npm run packages` walks through", () => {
  const [setUp = "", requests = "", ...more] = shellBlocks(readFileSync(join(ROOT, "README.md"), "utf8"), "Try it");
  expect(more).toEqual([]);
  expect(setUp).toMatch(/^npm install @countersign\/core$/m);
  expect(promises(requests)).toHaveLength(2);
});
