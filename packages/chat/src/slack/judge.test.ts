import { describe, expect, test } from "vitest";
import { judgeSlack } from "./judge.ts";

describe("Slack's answers", () => {
  test.each([
    [200, "ok", "by status"],
    [200, "<html>", "retry"],
    [200, "invalid_payload", "permanent"],
    [400, "invalid_payload", "permanent"],
    [400, "no_text", "permanent"],
    [400, "too_many_attachments", "permanent"],
    [403, "action_prohibited", "permanent"],
    [404, "no_service", "disable"],
    [404, "channel_not_found", "disable"],
    [410, "channel_is_archived", "disable"],
    [410, "", "by status"],
    [500, "rollup_error", "by status"],
    [500, "no_service", "by status"],
    [403, "<!doctype html>", "retry"],
    [404, "<html>", "retry"],
    [503, "", "by status"],
    [302, "", "by status"],
    [400, "__proto__", "by status"],
    [400, "something_new", "by status"],
  ])("%i %s is %s", (status, body, meaning) => {
    expect(judgeSlack({ status, headers: {}, body })?.kind ?? "by status").toBe(meaning);
  });

  test("a 429 is about the pace, whatever token comes with it", () => {
    for (const body of ["rate_limited", "no_service", ""]) {
      expect(judgeSlack({ status: 429, headers: { "retry-after": "30" }, body })).toBeUndefined();
    }
  });

  test("a reason names the token, or what is missing", () => {
    expect(judgeSlack({ status: 404, headers: {}, body: "no_service" })).toEqual({
      kind: "disable",
      reason: "The receiver answered 404 (no_service).",
    });
    expect(judgeSlack({ status: 200, headers: {}, body: "\u001b[31m<script>" })).toEqual({
      kind: "retry",
      reason: 'The receiver answered 200 without Slack\'s "ok".',
    });
  });
});
