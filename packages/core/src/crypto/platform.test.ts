import { expect, test } from "vitest";
import { platform } from "#crypto";
import { platform as node } from "./node.ts";
import { platform as web } from "./web.ts";

test("this project runs over the implementation that it is named for", () => {
  expect(platform).toBe(process.env.COUNTERSIGN_CRYPTO === "web" ? web : node);
});
