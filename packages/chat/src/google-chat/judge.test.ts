import { describe, expect, test } from "vitest";
import { judgeGoogleChat } from "./judge.ts";

const error = (code: number, status: string) => JSON.stringify({ error: { code, message: "…", status } });

describe("Google Chat's answers", () => {
  test.each([
    [200, '{"name":"spaces/a/messages/b"}', "by status"],
    [400, error(400, "INVALID_ARGUMENT"), "permanent"],
    [401, error(401, "UNAUTHENTICATED"), "disable"],
    [403, error(403, "PERMISSION_DENIED"), "disable"],
    [404, error(404, "NOT_FOUND"), "disable"],
    [404, '{"code":404,"status":"NOT_FOUND"}', "disable"],
    [404, "<html>", "retry"],
    [403, "<html>", "retry"],
    [401, "<html>", "retry"],
    [200, "<html>captive portal", "retry"],
    [500, error(500, "NOT_FOUND"), "by status"],
    [409, error(409, "ALREADY_EXISTS"), "success"],
    [409, error(409, "ABORTED"), "retry"],
    [429, error(429, "RESOURCE_EXHAUSTED"), "by status"],
    [503, error(503, "UNAVAILABLE"), "by status"],
    [503, "", "by status"],
    [413, "<html>", "by status"],
    [400, error(400, "__proto__"), "by status"],
  ])("%i %s is %s", (status, body, meaning) => {
    expect(judgeGoogleChat({ status, headers: {}, body })?.kind ?? "by status").toBe(meaning);
  });
});
