import { ConfigurationError } from "@countersign/core";
import { describe, expect, test } from "vitest";
import { chat } from "../chat.ts";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import { slack } from "../slack/slack.ts";
import { detectPlatform } from "./destination.ts";

const SLACK = "https://hooks.slack.com/services/T000/B000/tsSECRET";
const DISCORD = "https://discord.com/api/webhooks/123/tok-SECRET_1";
const GOOGLE = "https://chat.googleapis.com/v1/spaces/AAA/messages?key=kSECRET&token=tSECRET";
const MATTERMOST = `https://chat.example.com/hooks/${"secret".padEnd(26, "x")}`;

/** The error of a set-up that must be refused. It never quotes the URL. */
function errorOf(run: () => unknown): ConfigurationError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).not.toMatch(/secret/i);
    return error as ConfigurationError;
  }
  throw new Error("it was accepted");
}

describe("detection", () => {
  test.each([
    [SLACK, "slack"],
    ["https://hooks.slack-gov.com/services/T/B/x", "slack"],
    [DISCORD, "discord"],
    ["https://ptb.discordapp.com/api/v9/webhooks/1/a", "discord"],
    [GOOGLE, "googlechat"],
    [MATTERMOST, undefined],
    ["https://hooks.slack.com.evil.example/services/T/B/x", undefined],
    ["https://example.com/?u=discord.com", undefined],
  ])("%s", (url, platform) => {
    expect(detectPlatform(url)).toBe(platform);
  });

  test("refuses what can never take a message, and says what would", () => {
    expect(errorOf(() => detectPlatform("https://hooks.slack.com/triggers/T/1/secret")).message).toMatch(
      /Workflow Builder.*incoming webhook/,
    );
    expect(errorOf(() => detectPlatform("https://hooks.slack.com/workflows/T/A/secret")).message).toMatch(
      /Workflow Builder/,
    );
    expect(errorOf(() => detectPlatform("https://x.webhook.office.com/webhookb2/secret")).message).toMatch(/retired/);
    expect(errorOf(() => detectPlatform("https://outlook.office.com/webhook/secret")).message).toMatch(/retired/);
    expect(errorOf(() => detectPlatform("not a secret url")).message).toMatch(/not a URL/);
  });

  test("asks for the name where the host does not tell", () => {
    expect(errorOf(() => chat(MATTERMOST)).message).toMatch(/platform: "mattermost"/);
    expect(chat(MATTERMOST, { platform: "mattermost" }).platform).toBe("mattermost");
    expect(chat(SLACK).platform).toBe("slack");
    expect(chat(GOOGLE).platform).toBe("googlechat");
  });
});

describe("destinations", () => {
  const to = (format: { destination(url: URL): URL }, url: string) => format.destination(new URL(url)).href;

  test("keep Slack's URL", () => {
    expect(to(slack(), SLACK)).toBe(SLACK);
    expect(errorOf(() => to(slack(), "https://hooks.slack.com/services/T000")).message).toMatch(/three parts/);
    expect(errorOf(() => to(slack(), SLACK.replace("https", "http"))).message).toMatch(/https only/);
  });

  test("bring Discord's to version 10, without another platform's dialect, and ask for an answer", () => {
    const normal = "https://discord.com/api/v10/webhooks/123/tok-SECRET_1?wait=true";
    for (const url of [
      DISCORD,
      `${DISCORD}/slack`,
      `${DISCORD}/github`,
      DISCORD.replace("discord.com/api", "canary.discordapp.com/api/v6"),
      `${DISCORD}?wait=false`,
    ]) {
      expect(to(discord(), url)).toBe(normal);
    }
    expect(to(discord(), `${DISCORD}?thread_id=5`)).toBe(`${normal.replace("?", "?thread_id=5&")}`);
    expect(errorOf(() => to(discord(), "https://discord.com/channels/1/2")).message).toMatch(/copy it whole/);
  });

  test("need Google's key and token", () => {
    expect(to(googleChat(), GOOGLE)).toBe(GOOGLE);
    expect(errorOf(() => to(googleChat(), GOOGLE.replace(/&token=.*/, ""))).message).toMatch(/no `token`.*unquoted/);
    expect(errorOf(() => to(googleChat(), GOOGLE.replace(/key=[^&]*&/, ""))).message).toMatch(/no `key`/);
  });

  test("take Mattermost on any host and in a folder", () => {
    expect(to(mattermost(), MATTERMOST)).toBe(MATTERMOST);
    expect(to(mattermost(), MATTERMOST.replace("/hooks", "/team/hooks"))).toContain("/team/hooks/");
    expect(errorOf(() => to(mattermost(), "https://chat.example.com/hooks/secret")).message).toMatch(/26 letters/);
  });

  test("tell one platform's URL from another's", () => {
    expect(errorOf(() => to(slack(), DISCORD)).message).toMatch(
      /belongs to Discord, not to Slack.*Use the discord format/,
    );
    expect(errorOf(() => to(mattermost(), SLACK)).message).toMatch(/belongs to Slack/);
    expect(errorOf(() => to(discord(), "https://example.com/api/webhooks/1/secret")).message).toMatch(/origin/);
  });

  test("can be on another origin when that is named", () => {
    const origin = "http://127.0.0.1:4040";
    expect(to(slack({ origin }), `${origin}/services/T/B/x`)).toBe(`${origin}/services/T/B/x`);
    expect(to(discord({ origin }), `${origin}/api/webhooks/1/a`)).toBe(`${origin}/api/v10/webhooks/1/a?wait=true`);
    expect(errorOf(() => to(slack({ origin }), "http://127.0.0.1:5050/services/T/B/x")).option).toBe("url");
  });
});
