import { describe, expect, test } from "vitest";
import { restoreEvent, storeEvent } from "../event/stored-event.ts";
import { defineFilter, type FilterOptions } from "./filter.ts";

describe("filters", () => {
  const accepts = (filter: object, type: string, severity = "info") =>
    defineFilter(
      filter as FilterOptions,
      "e.filter",
    )(restoreEvent(storeEvent({ type, severity: severity as never, data: {} }, 0, () => "evt_1"))) === undefined;

  test.each([
    [{ include: ["a.b"] }, "a.b", true],
    [{ include: ["a.b"] }, "a.bc", false],
    [{ exclude: ["a.b"] }, "a.b", false],
    [{ include: ["a.*"], patterns: true }, "a.b.c", true],
    [{ include: ["*.b"], patterns: true }, "a.c", false],
    [{ include: ["a*b*c"], patterns: true }, "a-b-c", true],
    [{ include: ["a*a"], patterns: true }, "a", false],
    [{ include: ["*"], exclude: ["a.*"], patterns: true }, "a.b", false],
    [{ where: (event: { type: string }) => event.type === "x" }, "x", true],
    [{ include: ["a.b"] }, "webhook.dlq", false],
    [{}, "webhook.dlq", false],
    [{ deadLetters: true }, "webhook.dlq", true],
    [{ include: ["webhook.dlq"] }, "webhook.dlq", true],
    [{ include: ["webhook.dlq"], deadLetters: false }, "webhook.dlq", false],
  ])("%j on %s: %s", (filter, type, expected) => {
    expect(accepts(filter, type)).toBe(expected);
  });

  test("severity is an ordered scale", () => {
    const order = ["info", "warn", "error", "critical"];
    for (const [least, minSeverity] of order.entries()) {
      for (const [index, severity] of order.entries())
        expect(accepts({ minSeverity }, "t", severity)).toBe(index >= least);
    }
  });

  test("no pattern takes long", () => {
    const started = process.cpuUsage().user;
    accepts({ include: [`${"*a".repeat(120)}b`], patterns: true }, "a".repeat(250));
    expect(process.cpuUsage().user - started).toBeLessThan(500_000);
  });

  test.each([
    ["an unknown option", { only: ["a"] }, "e.filter.only"],
    ["null", { include: null }, "e.filter.include"],
    ["patterns that are no boolean", { patterns: "yes" }, "e.filter.patterns"],
    ["deadLetters that are no boolean", { deadLetters: "yes" }, "e.filter.deadLetters"],
    ["where that is no function", { where: "type" }, "e.filter.where"],
  ])("refuses %s", (_name, filter, option) => {
    expect(() => defineFilter(filter as never, "e.filter")).toThrow(expect.objectContaining({ option }));
  });
});
