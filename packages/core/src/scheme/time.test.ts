import { describe, expect, test } from "vitest";
import { readRfc3339, readTimestamp, writeTimestamp } from "./time.ts";

describe("a timestamp", () => {
  test("is canonical decimal digits, in seconds or milliseconds", () => {
    expect(readTimestamp("0", "s")).toBe(0);
    expect(readTimestamp("1700000000", "s")).toBe(1_700_000_000_000);
    expect(readTimestamp("1700000000123", "ms")).toBe(1_700_000_000_123);
    expect(readTimestamp("999999999999999", "ms")).toBe(999_999_999_999_999);
  });

  test.each([
    "",
    " ",
    "00",
    "01",
    "+1",
    "-1",
    "-0",
    " 1",
    "1 ",
    "1\n",
    "\t1",
    "1.0",
    "1.",
    ".1",
    "1e9",
    "1E9",
    "0x65",
    "0b1",
    "1_000",
    "1,000",
    "1700abc",
    " +1700.9",
    "NaN",
    "Infinity",
    "null",
    "undefined",
    "1n",
    "١٧",
    "１",
    "9".repeat(16),
    "1".repeat(400),
  ])("%j is none", (text) => {
    expect(readTimestamp(text, "s")).toBeNaN();
    expect(readTimestamp(text, "ms")).toBeNaN();
    expect(readTimestamp(text, "rfc3339")).toBeNaN();
  });

  test.each([
    ["2023-06-21T14:55:00Z", "2023-06-21T14:55:00.000Z"],
    ["2023-06-21t14:55:00z", "2023-06-21T14:55:00.000Z"],
    ["2024-02-29T23:59:59.5+01:30", "2024-02-29T22:29:59.500Z"],
    ["2023-06-21T14:55:00.123456789-07:00", "2023-06-21T21:55:00.123Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"],
  ])("%s is %s", (text, iso) => expect(new Date(readRfc3339(text)).toISOString()).toBe(iso));

  test("keeps each millisecond of a fraction", () => {
    for (let i = 0; i < 1000; i++) {
      const fraction = String(i).padStart(3, "0");
      expect(readRfc3339(`2024-01-01T00:00:00.${fraction}Z`)).toBe(Date.UTC(2024, 0, 1) + i);
    }
  });

  test.each([
    "2023-06-21",
    "2023-06-21T14:55Z",
    "2023-06-21T14:55:00",
    "2023-06-21 14:55:00Z",
    "2023-02-29T00:00:00Z",
    "2023-13-01T00:00:00Z",
    "2023-00-01T00:00:00Z",
    "2023-01-00T00:00:00Z",
    "2023-01-32T00:00:00Z",
    "2023-01-01T24:00:00Z",
    "2023-01-01T00:60:00Z",
    "2023-01-01T00:00:61Z",
    "2023-01-01T00:00:00+24:00",
    "2023-01-01T00:00:00+0100",
    "2023-01-01T00:00:00.Z",
    "2023-01-01T00:00:00.1234567890Z",
    "+2023-01-01T00:00:00Z",
    " 2023-01-01T00:00:00Z",
    "2023-01-01T00:00:00Z\n",
    "0026-01-01T00:00:00Z",
  ])("%j is no RFC 3339 time", (text) => expect(readRfc3339(text)).toBeNaN());

  test("is written so that it reads back", () => {
    expect(writeTimestamp(1_700_000_000_999, "s")).toBe("1700000000");
    expect(writeTimestamp(1_700_000_000_999, "ms")).toBe("1700000000999");
    expect(writeTimestamp(1_700_000_000_999, "rfc3339")).toBe("2023-11-14T22:13:20Z");
  });
});
