import { ConfigurationError } from "@countersign/core";
import { expect, test } from "vitest";
import { chat } from "../chat.ts";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import { slack } from "../slack/slack.ts";

const SLACK = "https://hooks.slack.com/services/T/B/x";

const makers: readonly (readonly [path: string, make: (options: object) => unknown])[] = [
  ["slack", slack],
  ["discord", discord],
  ["mattermost", mattermost],
  ["googleChat", googleChat],
  ["chat", (options) => chat(SLACK, options)],
];

/** What a set-up is refused with. */
function refused(run: () => unknown): Pick<ConfigurationError, "option" | "code"> {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    const { option, code, message } = error as ConfigurationError;
    expect(message).toContain(option);
    return { option, code };
  }
  throw new Error("it was accepted");
}

const invalid = (option: string) => ({ option, code: "invalid_option" });

test.each(makers)("%s refuses what nobody reads, by its whole path", (path, make) => {
  expect(refused(() => make({ colour: "red" }))).toEqual({ option: `${path}.colour`, code: "unknown_option" });
  expect(refused(() => make({ overflow: "drop" }))).toEqual(invalid(`${path}.overflow`));
  expect(refused(() => make({ overflow: null }))).toEqual(invalid(`${path}.overflow`));
  expect(refused(() => make({ render: "x" }))).toEqual(invalid(`${path}.render`));
  for (const origin of ["nonsense", "ftp://example.com", 5]) {
    expect(refused(() => make({ origin }))).toEqual(invalid(`${path}.origin`));
  }
  for (const options of ["x", [], null]) expect(refused(() => make(options as object))).toEqual(invalid(path));
  expect(make({ render: undefined, overflow: undefined, origin: undefined })).toBeTypeOf("function");
});

const rows: readonly (readonly [path: string, run: () => unknown])[] = [
  ["chat.platform", () => chat(SLACK, { platform: "teams" as "slack" })],
  ["chat.platform", () => chat(SLACK, { platform: "__proto__" as "slack" })],
  ["chat.platform", () => chat("https://chat.example.com/hooks/x")],
  ["slack.thread", () => slack({ thread: "x" })],
  ["slack.thread", () => slack({ thread: 1663782000.123456 as never })],
  ["discord.username", () => discord({ username: "Discord Bot" })],
  ["discord.username", () => discord({ username: " " })],
  ["discord.username", () => discord({ username: "x".repeat(81) })],
  ["discord.avatarUrl", () => discord({ avatarUrl: "javascript:1" })],
  ["discord.thread", () => discord({ thread: "general" })],
  ["discord.threadName", () => discord({ threadName: " " })],
  ["discord.threadName", () => discord({ threadName: "x".repeat(101) })],
  ["discord.fallback", () => discord({ fallback: "yes" as never })],
  ["mattermost.username", () => mattermost({ username: "" })],
  ["mattermost.iconUrl", () => mattermost({ iconUrl: "x" })],
  ["mattermost.channel", () => mattermost({ channel: 5 as never })],
  ["googleChat.thread", () => googleChat({ thread: " " })],
  ["googleChat.thread", () => googleChat({ thread: "x".repeat(201) })],
];
test.each(rows)("%s refuses what it cannot honour", (path, run) => {
  expect(refused(run)).toEqual(invalid(path));
});
