import { metrics } from "@opentelemetry/api";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { describe, expect, test } from "vitest";
import { attribute, databaseErrorType, errorType, operation } from "./attributes.ts";
import { makeInstruments } from "./instruments.ts";

const published = new Set<unknown>(Object.values(conventions));

describe("a name that is not ours is one that OpenTelemetry publishes", () => {
  test.each(Object.values(attribute).filter((name) => !name.startsWith("countersign.")))("%s", (name) => {
    expect(published).toContain(name);
  });

  test("the instruments' too", () => {
    const names: string[] = [];
    const meter = metrics.getMeter("");
    const noted = new Proxy(meter, {
      get: (target, key) =>
        typeof key === "string" && key.startsWith("create")
          ? (name: string, options: object) => {
              names.push(name);
              return (target as unknown as Record<string, (...args: unknown[]) => unknown>)[key]?.(name, options);
            }
          : Reflect.get(target, key),
    });
    makeInstruments(noted);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !name.startsWith("countersign.") && !published.has(name))).toEqual([]);
  });

  test("and the kinds of operations", () => {
    expect(operation("send")["messaging.operation.type"]).toBe(conventions.MESSAGING_OPERATION_TYPE_VALUE_SEND);
    expect(operation("process")["messaging.operation.type"]).toBe(conventions.MESSAGING_OPERATION_TYPE_VALUE_PROCESS);
  });
});

test("a thrown error gives its class, and nothing that it says", () => {
  expect(errorType(new RangeError("sk_live_1"))).toBe("RangeError");
  for (const strange of [
    "sk_live_1",
    undefined,
    { name: "x" },
    Object.assign(new Error(), { name: "no such invoice: 17" }),
  ])
    expect(errorType(strange)).toBe(conventions.ERROR_TYPE_VALUE_OTHER);
  expect(databaseErrorType(Object.assign(new Error("x"), { code: "57014" }))).toBe("57014");
  expect(databaseErrorType(Object.assign(new Error("x"), { code: "host db.internal" }))).toBe("Error");
});
