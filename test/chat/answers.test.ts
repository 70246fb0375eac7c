import { fakeClock } from "@countersign/core/testing";
import { createSender, type Transport, waits } from "@countersign/sender";
import { describe, expect, test } from "vitest";
import { type Platform, platforms } from "./platforms.ts";

/** What a sender makes of an answer: the event's fate, the seconds that it waits at least, and the reason it gives. */
interface Fate {
  readonly is: "delivered" | "retry" | "dead" | "disabled";
  readonly wait?: number;
  readonly reason?: string;
}

async function fateOf({ make, url }: Platform, status: number, body: string, headers = {}) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const transport: Transport = {
    async request() {
      return { kind: "response", status, headers, body, truncated: false, timings: { total: 0 } };
    },
    async close() {},
  };
  const sender = createSender({
    clock,
    transport,
    random: () => 0.5,
    endpoints: [{ name: "chat", url, format: make(), retry: waits(["0s", "0s"]), breaker: false }],
    hooks: {
      delivered: () => tell({ is: "delivered" }),
      retry: ({ at }) => tell({ is: "retry", wait: (at - clock.now()) / 1000 }),
      dead: ({ message }) => tell({ is: "dead", reason: message }),
      disabled: ({ reason }) => tell({ is: "disabled", reason }),
    },
  });
  let tell: (fate: Fate) => void = () => {};
  const told = new Promise<Fate>((resolve) => {
    tell = resolve;
  });
  await sender.send({ type: "test", data: {} });
  const fate = await told;
  await sender.close({ timeout: 0 });
  return fate;
}

const delivered: Fate = { is: "delivered" };
const retry = (wait = 0): Fate => ({ is: "retry", wait });
const dead = (reason: string): Fate => ({ is: "dead", reason: `The receiver answered ${reason}.` });
const disabled = (reason: string): Fate => ({ is: "disabled", reason: `The receiver answered ${reason}.` });

type Row = readonly [status: number, body: string, fate: Fate, headers?: Readonly<Record<string, string>>];

const after = (seconds: string) => ({ "retry-after": seconds });

const slack: readonly Row[] = [
  [200, "ok", delivered],
  [200, "<html>", retry()],
  [200, "invalid_payload", dead("200 (invalid_payload)")],
  [400, "invalid_payload", dead("400 (invalid_payload)")],
  [400, "user_not_found", dead("400 (user_not_found)")],
  [400, "no_text", dead("400 (no_text)")],
  [400, "too_many_attachments", dead("400 (too_many_attachments)")],
  [403, "action_prohibited", dead("403 (action_prohibited)")],
  [403, "posting_to_general_channel_denied", dead("403 (posting_to_general_channel_denied)")],
  [403, "invalid_token", disabled("403 (invalid_token)")],
  [403, "team_disabled", disabled("403 (team_disabled)")],
  [500, "no_service", retry()],
  [403, "<html>", retry()],
  [404, "no_service", disabled("404 (no_service)")],
  [404, "no_active_hooks", disabled("404 (no_active_hooks)")],
  [404, "no_team", disabled("404 (no_team)")],
  [404, "channel_not_found", disabled("404 (channel_not_found)")],
  [410, "channel_is_archived", disabled("410 (channel_is_archived)")],
  [410, "", disabled("410")],
  [429, "rate_limited", retry(30), after("30")],
  [429, "", retry()],
  [500, "rollup_error", retry()],
  [503, "", retry(), after("soon")],
  [302, "", dead("302")],
  [400, "__proto__", dead("400")],
];

const limited = (retry_after: number) => JSON.stringify({ message: "…", retry_after, global: false });
const discord: readonly Row[] = [
  [200, '{"id":"1"}', delivered],
  [204, "", delivered],
  [400, '{"code":50035}', dead("400 (50035)")],
  [400, '{"code":50006}', dead("400 (50006)")],
  [413, '{"code":40005}', dead("413 (40005)")],
  [401, '{"code":50027}', disabled("401")],
  [404, '{"code":10015}', disabled("404 (10015)")],
  [404, '{"code":10003}', dead("404 (10003)")],
  [404, "<html>", retry(600)],
  [200, "<html>", retry(600)],
  [429, limited(1.3337), retry(1.334), { ...after("1"), "x-ratelimit-reset-after": "0.5" }],
  [429, limited(1.3337), retry(2), { ...after("2"), "x-ratelimit-reset-after": "0.5" }],
  [429, limited(1.3337), retry(2.5), { ...after("2"), "x-ratelimit-reset-after": "2.5" }],
  [429, "<html>", retry(600)],
  [429, "<html>", retry(1200), after("1200")],
  [502, "<html>", retry()],
  [400, "[]", dead("400")],
];

const failed = (id: string) => JSON.stringify({ id, message: "Ungültig" });
const mattermost: readonly Row[] = [
  [200, "ok", delivered],
  [200, "<html>", retry()],
  [
    200,
    "<html>",
    dead("200 with a page of Mattermost's: its URL is no incoming webhook's"),
    { "x-version-id": "11.3.0.0.abc.true" },
  ],
  ...["disabled", "channel"].map((word): Row => {
    const id = `web.incoming_webhook.${word}.app_error`;
    return [400, failed(id), disabled(`400 (${id})`)];
  }),
  ...["channel_locked", "parse", "text", "split_props_length"].map((word): Row => {
    const id = `web.incoming_webhook.${word}.app_error`;
    return [400, failed(id), dead(`400 (${id})`)];
  }),
  ...["invalid", "user"].map((word): Row => [400, failed(`web.incoming_webhook.${word}.app_error`), retry(60)]),
  [404, failed("app.channel.get.existing.app_error"), disabled("404 (app.channel.get.existing.app_error)")],
  [500, failed("web.incoming_webhook.channel.app_error"), retry()],
  [403, "<html>", retry()],
  [501, failed("web.incoming_webhook.disabled.app_error"), disabled("501 (web.incoming_webhook.disabled.app_error)")],
  [413, "", dead("413")],
  [429, "limit exceeded", retry(1), after("1")],
  [500, "{}", retry()],
  [400, failed("\u001b[31m<script>\n"), dead("400")],
];

const error = (status: string) => JSON.stringify({ error: { code: 1, message: "…", status } });
const google: readonly Row[] = [
  [200, '{"name":"spaces/a/messages/b"}', delivered],
  [400, error("INVALID_ARGUMENT"), dead("400 (INVALID_ARGUMENT)")],
  [400, error("FAILED_PRECONDITION"), dead("400 (FAILED_PRECONDITION)")],
  [401, error("UNAUTHENTICATED"), disabled("401 (UNAUTHENTICATED)")],
  [403, error("PERMISSION_DENIED"), disabled("403 (PERMISSION_DENIED)")],
  [404, error("NOT_FOUND"), disabled("404 (NOT_FOUND)")],
  [404, '{"code":404,"status":"NOT_FOUND"}', disabled("404 (NOT_FOUND)")],
  [404, "<html>", retry()],
  [200, "<html>", retry()],
  [409, error("ALREADY_EXISTS"), delivered],
  [409, error("ABORTED"), retry()],
  [413, "<html>", dead("413")],
  [429, error("RESOURCE_EXHAUSTED"), retry(7), after("7")],
  [500, error("INTERNAL"), retry()],
  [503, error("UNAVAILABLE"), retry()],
  [504, error("DEADLINE_EXCEEDED"), retry()],
];

const rows: Readonly<Record<string, readonly Row[]>> = { slack, discord, mattermost, googlechat: google };

describe.each(platforms)("what a sender makes of the documented answers of $name", (platform) => {
  for (const [status, body, fate, headers] of rows[platform.name] as readonly Row[])
    test(`${status} ${body}`, async () => {
      expect(await fateOf(platform, status, body, headers)).toEqual(fate);
    });
});
