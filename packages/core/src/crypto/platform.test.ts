import { expect, test } from "vitest";
import { makeVerify } from "#asymmetric";
import { platform } from "#crypto";
import * as asymmetricNode from "./asymmetric-node.ts";
import * as asymmetricWeb from "./asymmetric-web.ts";
import { platform as node } from "./node.ts";
import { platform as web } from "./web.ts";

test("this project runs over the implementation that it is named for", () => {
  expect(platform).toBe(process.env.COUNTERSIGN_CRYPTO === "web" ? web : node);
});

test("and so is what verifies signatures by a private key", () => {
  expect(makeVerify).toBe((process.env.COUNTERSIGN_CRYPTO === "web" ? asymmetricWeb : asymmetricNode).makeVerify);
});
