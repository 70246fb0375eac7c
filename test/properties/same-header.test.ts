import { github, slack, standardWebhooks, stripe, workos } from "@countersign/core/providers";
import { expect, test } from "vitest";
import { sameHeader } from "./same-header.ts";

test("blanks around the pieces of a signature header are optional, of either kind", () => {
  for (const other of ["t=1,v1=ab", "t=1,\tv1=ab", " t=1 ,  v1=AB\t"]) {
    expect(sameHeader(workos, "workos-signature", "t=1, v1=ab", other)).toBe(true);
  }
});

test.each([
  ["a blank inside a piece", workos, "workos-signature", "t=1, v1=ab", "t=1, v1 =ab"],
  ["a character for a blank", workos, "workos-signature", "t=1, v1=ab", "t=1,.v1=ab"],
  ["another blank than space and tab", workos, "workos-signature", "t=1, v1=ab", "t=1,\u00a0v1=ab"],
  ["a blank for a digit", stripe, "stripe-signature", "t=1,v1=ab", "t=1,v1=a "],
  ["a separator lost", stripe, "stripe-signature", "t=1,v1=ab", "t=1 v1=ab"],
  ["a blank that parts the entries", standardWebhooks, "webhook-signature", "v1,a v1,b", "v1,a\tv1,b"],
  ["blanks of a header with one piece", github, "x-hub-signature-256", "sha256=ab", "sha256=ab "],
  ["blanks of another header", slack, "x-slack-request-timestamp", "1", "1 "],
])("it is not the same: %s", (_, provider, name, one, other) => {
  expect(sameHeader(provider, name, one, other)).toBe(false);
});
