import { describe, expect, it } from "vitest";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import { slack } from "../slack/slack.ts";

const answer = (status: number, body: unknown = "", headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("Slack's answers", () => {
  const { judge } = slack();
  it.each([
    [200, "ok", "success"],
    [200, "<html>", "retry"],
    [200, "invalid_payload", "permanent"],
    [400, "invalid_payload", "permanent"],
    [400, "no_text", "permanent"],
    [400, "too_many_attachments", "permanent"],
    [403, "action_prohibited", "permanent"],
    [404, "no_service", "disable"],
    [404, "channel_not_found", "disable"],
    [410, "channel_is_archived", "disable"],
    [410, "", "disable"],
    [500, "rollup_error", "retry"],
    [503, "", "retry"],
    [302, "", "permanent"],
    [400, "__proto__", "permanent"],
  ])("%i %s is %s", (status, body, kind) => {
    expect(judge(answer(status, body)).kind).toBe(kind);
  });
  it("a 429 waits for whole seconds", () => {
    expect(judge(answer(429, "rate_limited", { "retry-after": "30" }))).toEqual({
      kind: "retry",
      reason: "HTTP 429",
      after: 30_000,
    });
    expect(judge(answer(429))).toEqual({ kind: "retry", reason: "HTTP 429" });
  });
});

describe("Discord's answers", () => {
  const { judge } = discord();
  it.each([
    [200, { id: "1" }, "success"],
    [204, "", "success"],
    [400, { code: 50035 }, "permanent"],
    [400, { code: 50006 }, "permanent"],
    [413, { code: 40005 }, "permanent"],
    [401, { code: 50027 }, "disable"],
    [404, { code: 10015 }, "disable"],
    [404, "<html>", "disable"],
    [502, "<html>", "retry"],
    [400, "[]", "permanent"],
  ])("%i %j is %s", (status, body, kind) => {
    expect(judge(answer(status, body)).kind).toBe(kind);
  });
  it("a 429 waits for the larger of body and header, rounded up", () => {
    const limited = { message: "You are being rate limited.", retry_after: 1.3337, global: false };
    expect(judge(answer(429, limited, { "retry-after": "1", "x-ratelimit-reset-after": "0.5" }))).toMatchObject({
      kind: "retry",
      after: 1334,
    });
    expect(judge(answer(429, limited, { "retry-after": "2", "x-ratelimit-reset-after": "0.5" }))).toMatchObject({
      after: 2000,
    });
    expect(judge(answer(429, { ...limited, global: true }))).toMatchObject({ reason: "HTTP 429 global" });
  });
  it("the edge's 429, HTML without a header, waits ten minutes", () => {
    expect(judge(answer(429, "<html>"))).toMatchObject({ kind: "retry", after: 600_000 });
  });
  it("a spent allowance pauses before it is overdrawn", () => {
    expect(judge(answer(200, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.5" }))).toEqual({
      kind: "success",
      pause: 1500,
    });
    expect(judge(answer(200, {}, { "x-ratelimit-remaining": "3", "x-ratelimit-reset-after": "1.5" }))).toEqual({
      kind: "success",
    });
  });
});

describe("Mattermost's answers", () => {
  const { judge } = mattermost();
  it.each([
    [200, "ok", "success"],
    [200, "<html>", "permanent"],
    [400, { id: "web.incoming_webhook.invalid.app_error", message: "Ungültig" }, "disable"],
    [501, { id: "web.incoming_webhook.disabled.app_error" }, "disable"],
    [400, { id: "web.incoming_webhook.parse.app_error" }, "permanent"],
    [403, { id: "web.incoming_webhook.channel_locked.app_error" }, "permanent"],
    [413, "", "permanent"],
    [500, {}, "retry"],
  ])("%i %j is %s", (status, body, kind) => {
    expect(judge(answer(status, body)).kind).toBe(kind);
  });
  it("a 429 waits for relative seconds", () => {
    expect(judge(answer(429, "limit exceeded", { "retry-after": "1" }))).toMatchObject({ kind: "retry", after: 1000 });
  });
});

describe("Google Chat's answers", () => {
  const { judge } = googleChat();
  const error = (code: number, status: string) => ({ error: { code, message: "…", status } });
  it.each([
    [200, { name: "spaces/a/messages/b" }, "success"],
    [400, error(400, "INVALID_ARGUMENT"), "permanent"],
    [401, error(401, "UNAUTHENTICATED"), "disable"],
    [403, error(403, "PERMISSION_DENIED"), "disable"],
    [404, error(404, "NOT_FOUND"), "disable"],
    [404, { code: 404, status: "NOT_FOUND" }, "disable"],
    [409, error(409, "ALREADY_EXISTS"), "success"],
    [429, error(429, "RESOURCE_EXHAUSTED"), "retry"],
    [503, "", "retry"],
    [404, "<html>", "disable"],
    [413, "<html>", "permanent"],
  ])("%i %j is %s", (status, body, kind) => {
    expect(judge(answer(status, body)).kind).toBe(kind);
  });
  it("a 429 honours Retry-After where there is one", () => {
    expect(judge(answer(429, error(429, "RESOURCE_EXHAUSTED"), { "retry-after": "7" }))).toMatchObject({ after: 7000 });
  });
});

it("a reason holds nothing of a hostile answer", () => {
  const ruling = mattermost().judge(answer(400, { id: "\u001b[31m<script>\n".repeat(50) }));
  expect(ruling.kind === "permanent" && ruling.reason).toMatch(/^HTTP 400 [\w.: ?-]{0,80}$/);
});
