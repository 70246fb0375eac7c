import { describe, expect, test } from "vitest";
import { judgeDiscord } from "./judge.ts";

describe("Discord's answers", () => {
  test.each([
    [200, '{"id":"1"}', "by status"],
    [204, "", "by status"],
    [400, '{"code":50035}', "permanent"],
    [400, '{"code":50006}', "permanent"],
    [413, '{"code":40005}', "permanent"],
    [401, '{"code":50027}', "disable"],
    [404, '{"code":10015}', "disable"],
    [401, "", "disable"],
    [401, "<html>", "retry"],
    [404, "<html>", "retry"],
    [403, "\n<!doctype html>", "retry"],
    [404, '{"code":10003}', "permanent"],
    [404, '{"code":0}', "by status"],
    [500, '{"code":10015}', "by status"],
    [200, "<html>captive portal", "retry"],
    [200, "", "retry"],
    [200, '{"id":"1","content":"cut at the li', "by status"],
    [502, "<html>", "by status"],
    [400, "[]", "by status"],
    [400, '{"code":1}', "by status"],
  ])("%i %s is %s", (status, body, meaning) => {
    expect(judgeDiscord({ status, headers: {}, body })?.kind ?? "by status").toBe(meaning);
  });

  const limited = { message: "You are being rate limited.", retry_after: 1.3337, global: false };

  test("a 429 waits for the larger of what body and headers say, rounded up", () => {
    const body = JSON.stringify(limited);
    expect(judgeDiscord({ status: 429, headers: { "x-ratelimit-reset-after": "0.5" }, body })).toEqual({
      kind: "retry",
      reason: "The receiver answered 429.",
      after: 1334,
    });
    expect(judgeDiscord({ status: 429, headers: { "x-ratelimit-reset-after": "2.5" }, body })).toMatchObject({
      after: 2500,
    });
  });

  test("a 429 for all of an application's webhooks says so", () => {
    const body = JSON.stringify({ ...limited, global: true });
    expect(judgeDiscord({ status: 429, headers: {}, body })).toMatchObject({
      reason: "The receiver answered 429 (global).",
      after: 1334,
    });
  });

  test("the edge's 429, which tells no wait of Discord's, waits ten minutes", () => {
    for (const body of ["<html>", "{}", '{"retry_after":"soon"}', '{"retry_after":-1}']) {
      expect(judgeDiscord({ status: 429, headers: {}, body })).toMatchObject({ kind: "retry", after: 600_000 });
    }
  });

  test("a spent allowance pauses before it is overdrawn", () => {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.5" };
    expect(judgeDiscord({ status: 200, headers, body: "{}" })).toEqual({ kind: "success", pause: 1500 });
    expect(judgeDiscord({ status: 200, headers: { ...headers, "x-ratelimit-remaining": "3" }, body: "{}" })).toBe(
      undefined,
    );
  });
});
