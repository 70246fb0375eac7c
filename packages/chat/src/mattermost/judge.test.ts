import { describe, expect, test } from "vitest";
import { judgeMattermost } from "./judge.ts";

describe("Mattermost's answers", () => {
  test.each([
    [200, "ok", "by status"],
    [200, "<html>", "retry"],
    [200, "", "retry"],
    [404, '{"id":"app.channel.get.existing.app_error"}', "disable"],
    [404, '{"id":"web.incoming_webhook.channel.app_error"}', "disable"],
    [500, '{"id":"web.incoming_webhook.channel.app_error"}', "by status"],
    [403, "<html>", "retry"],
    [404, "<html>", "retry"],
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

  test("a captive portal's page was the event's end: only Mattermost's own page is, on a URL that is no webhook's", () => {
    const page = { status: 200, body: "<!doctype html><title>Mattermost</title>" };
    expect(judgeMattermost({ ...page, headers: {} })).toEqual({
      kind: "retry",
      reason: "The receiver answered 200, but not as Mattermost does.",
    });
    expect(judgeMattermost({ ...page, headers: { "x-version-id": "11.3.0.0.abc.true" } })).toEqual({
      kind: "permanent",
      reason: "The receiver answered 200 with a page of Mattermost's: its URL is no incoming webhook's.",
    });
  });

  test("an unknown webhook that may be a store's failure disables only when it comes again later", () => {
    const body = '{"id":"web.incoming_webhook.invalid.app_error","message":"Ungültig"}';
    const on = (attempt?: number) =>
      judgeMattermost({ status: 400, headers: {}, body, ...(attempt === undefined ? {} : { attempt }) });
    expect(on()).toMatchObject({ kind: "retry", after: 60_000 });
    expect(on(2)).toMatchObject({ kind: "retry", after: 60_000 });
    expect(on(3)).toMatchObject({ kind: "disable" });
    const user = { status: 403, headers: {}, body: '{"id":"web.incoming_webhook.user.app_error"}' };
    expect(judgeMattermost(user)).toMatchObject({ kind: "retry" });
    expect(judgeMattermost({ ...user, attempt: 3 })).toMatchObject({ kind: "permanent" });
  });

  test("a reason holds nothing of a hostile answer", () => {
    const hostile = { id: "\u001b[31m<script>\n".repeat(50) };
    expect(judgeMattermost({ status: 400, headers: {}, body: JSON.stringify(hostile) })).toBeUndefined();
  });
});
