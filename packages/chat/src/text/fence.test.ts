import { describe, expect, test } from "vitest";
import { endsInFence, fence, segments } from "./fence.ts";

describe("fences", () => {
  test("part a text into prose and code", () => {
    expect(segments("a\n```json\n{}\n```\nb")).toEqual([
      { code: false, text: "a" },
      { code: true, text: "{}" },
      { code: false, text: "b" },
    ]);
    expect(segments("a ``` b")).toEqual([{ code: false, text: "a ``` b" }]);
    expect(segments("")).toEqual([]);
  });

  test("run to the end when nothing closes them", () => {
    expect(segments("```\nx\ny")).toEqual([{ code: true, text: "x\ny" }]);
    expect(endsInFence("```\nx")).toBe(true);
    expect(endsInFence("```\nx\n```")).toBe(false);
  });

  test("cannot be closed by the code that is put into them", () => {
    expect(segments(fence("a\n```\nb\n ```\n[x](y)"))).toHaveLength(1);
  });
});
