import { describe, expect, test } from "vitest";
import { judgeMattermost } from "./judge.ts";

describe("Mattermost's answers", () => {
  test.each([
    [200, "ok", "by status"],
    [200, "<html>", "permanent"],
    [400, '{"id":"web.incoming_webhook.invalid.app_error","message":"Ungültig"}', "disable"],
    [501, '{"id":"web.incoming_webhook.disabled.app_error"}', "disable"],
    [400, '{"id":"web.incoming_webhook.parse.app_error"}', "permanent"],
    [403, '{"id":"web.incoming_webhook.channel_locked.app_error"}', "permanent"],
    [413, "", "by status"],
    [500, "{}", "by status"],
    [429, "limit exceeded", "by status"],
    [400, '{"id":"__proto__"}', "by status"],
  ])("%i %s is %s", (status, body, meaning) => {
    expect(judgeMattermost({ status, headers: {}, body })?.kind ?? "by status").toBe(meaning);
  });

  test("a reason holds nothing of a hostile answer", () => {
    const hostile = { id: "\u001b[31m<script>\n".repeat(50) };
    expect(judgeMattermost({ status: 400, headers: {}, body: JSON.stringify(hostile) })).toBeUndefined();
  });
});
