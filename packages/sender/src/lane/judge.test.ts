import type { Format, Ruling } from "@countersign/core/event";
import { describe, expect, test } from "vitest";
import { defineEndpoint } from "../endpoint/define.ts";
import type { EndpointOptions } from "../endpoint/options.ts";
import { defineGuard } from "../transport/guard.ts";
import type { TransportResult } from "../transport/transport.ts";
import { judge } from "./judge.ts";

const format = (says: (status: number) => Ruling | undefined): Format => ({
  platform: "acme",
  contentType: "application/json",
  destination: (url) => url,
  messages: () => [],
  judge: ({ status }) => says(status),
  rate: { requests: 1, per: 1 },
});

const rulingOn = (status: number, own: Partial<EndpointOptions>, body = "") => {
  const options = { name: "e", url: "https://example.com/", ...own };
  const endpoint = defineEndpoint(options, { guard: defineGuard(), readers: {} });
  const result: TransportResult = {
    kind: "response",
    status,
    headers: {},
    body,
    truncated: false,
    timings: { total: 0 },
  };
  return judge(endpoint, result).kind;
};

describe("a format that has no ruling of its own", () => {
  const silent = format(() => undefined);

  test.each([
    [200, "success"],
    [204, "success"],
    [302, "permanent"],
    [400, "permanent"],
    [408, "retry"],
    [410, "disable"],
    [429, "retry"],
    [503, "retry"],
  ])("leaves %i to the default table: %s", (status, kind) => {
    expect(rulingOn(status, { format: silent })).toBe(kind);
  });

  test("leaves it to the endpoint's table where there is one", () => {
    expect(rulingOn(404, { format: silent, statuses: { "404": "disable" } })).toBe("disable");
    expect(rulingOn(404, { format: silent, statuses: { "4xx": "retry" } })).toBe("retry");
    expect(rulingOn(410, { format: silent, statuses: { "4xx": "retry" } })).toBe("disable");
  });

  test("leaves success to the endpoint's own judge", () => {
    const own = { format: silent, judge: () => ({ kind: "permanent", reason: "no" }) as const };
    expect(rulingOn(200, own)).toBe("permanent");
    expect(rulingOn(503, own)).toBe("retry");
  });
});

test("a format's own ruling wins over every table and judge", () => {
  const strict = format((status) => (status === 200 ? { kind: "retry", reason: "not ok" } : undefined));
  const judge = () => ({ kind: "success" }) as const;
  expect(rulingOn(200, { format: strict, statuses: { "200": "success" }, judge })).toBe("retry");
  expect(rulingOn(201, { format: strict })).toBe("success");
});

test("a format or a judge that throws gives the event up", () => {
  const broken = () => {
    throw new Error("no");
  };
  expect(rulingOn(200, { format: format(broken) })).toBe("permanent");
  expect(rulingOn(200, { judge: broken })).toBe("permanent");
});

test("no answer is judged by its error", () => {
  const options = { name: "e", url: "https://example.com/", format: format(() => ({ kind: "success" })) };
  const endpoint = defineEndpoint(options, { guard: defineGuard(), readers: {} });
  const failed = (code: "timeout" | "address_refused"): TransportResult => ({
    kind: "error",
    code,
    message: "no",
    timings: { total: 0 },
  });
  expect(judge(endpoint, failed("timeout")).kind).toBe("retry");
  expect(judge(endpoint, failed("address_refused")).kind).toBe("permanent");
});
