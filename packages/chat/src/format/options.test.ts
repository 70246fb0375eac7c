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

/** The error of a set-up that is refused: it names the option by its whole path. */
const error = (option: string, code: string) =>
  expect.objectContaining({ name: "ConfigurationError", option, code, message: expect.stringContaining(option) });
const invalid = (option: string) => error(option, "invalid_option");

test.each(makers)("%s refuses what nobody reads, by its whole path", (path, make) => {
  expect(() => make({ colour: "red" })).toThrow(error(`${path}.colour`, "unknown_option"));
  expect(() => make({ overflow: "drop" })).toThrow(invalid(`${path}.overflow`));
  expect(() => make({ overflow: null })).toThrow(invalid(`${path}.overflow`));
  expect(() => make({ render: "x" })).toThrow(invalid(`${path}.render`));
  for (const origin of ["nonsense", "ftp://example.com", 5]) {
    expect(() => make({ origin })).toThrow(invalid(`${path}.origin`));
  }
  for (const options of ["x", [], null]) expect(() => make(options as object)).toThrow(invalid(path));
  expect(make({ render: undefined, overflow: undefined, origin: undefined })).toBeTypeOf("function");
});

const rows: readonly (readonly [path: string, run: () => unknown])[] = [
  ["chat.platform", () => chat(SLACK, { platform: "teams" as "slack" })],
  ["chat.platform", () => chat(SLACK, { platform: "__proto__" as "slack" })],
  ["chat.platform", () => chat("https://chat.example.com/hooks/x")],
  ["discord.username", () => chat(SLACK, { platform: "discord", username: " " })],
  ["slack.consoles.apono", () => slack({ consoles: { apono: "javascript:1" } })],
  ["chat.consoles.stalwart", () => chat(SLACK, { consoles: { stalwart: "mail.example.com" } })],
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
  expect(run).toThrow(invalid(path));
});
