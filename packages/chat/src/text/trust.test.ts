import { describe, expect, test } from "vitest";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import { slack } from "../slack/slack.ts";
import { discordText, googleText, mattermostText, slackPlain } from "./escape.ts";
import { trust } from "./trust.ts";

const Z = "\u200b";
const HOST = "alice-workstation1.yak-bebop.ts.net";

describe("a host that the user trusts", () => {
  test.each(Object.entries({ slackPlain, discordText, mattermostText, googleText }))(
    "works in ssh when it is copied from %s",
    (_, dialect) => {
      const plain = trust(dialect, ["*.yak-bebop.ts.net", "www.example.com"]);
      expect(plain(`ssh ${HOST} or ${HOST}: ${HOST}/x`)).toContain(`ssh ${HOST} or ${HOST}: ${HOST}/`);
      expect(plain("www.example.com/")).toContain("www.example.com/");
      expect(plain(`${HOST.toUpperCase()}.`)).toContain(HOST.toUpperCase());
    },
  );

  test("is that host alone, and no address that only looks like it", () => {
    const plain = trust(slackPlain, ["example.com", "*.yak-bebop.ts.net"]);
    for (const other of [
      "evil-example.com",
      "sub.example.com",
      "example.com.evil.net",
      "example.community",
      "yak-bebop.ts.net",
      "x.yak-bebop.ts.net.evil.net",
    ]) {
      expect(plain(other), other).toBe(slackPlain(other));
    }
    expect(plain("example.com@evil.net")).not.toContain("evil.net");
    expect(plain("https://example.com/")).toBe(`https:${Z}//example.com/`);
    expect(plain("root@example.com")).toBe(`root@${Z}example.com`);
  });

  test("costs linear time, whatever is in the text", () => {
    const plain = trust(slackPlain, ["*.yak-bebop.ts.net"]);
    const started = performance.now();
    for (const part of ["a.", "a-", "yak-bebop.", "a.yak-bebop.ts."]) plain(part.repeat(20_000 / part.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("is an option of every platform, and must be a host", () => {
    const makers = { slack, discord, mattermost, googleChat };
    for (const [path, make] of Object.entries(makers)) {
      const trusted = make({ trustedHosts: ["*.yak-bebop.ts.net"] });
      const message = { title: HOST, text: `ssh ${HOST}`, fields: [{ name: "Device", value: HOST }], source: HOST };
      expect(JSON.stringify(trusted(message))).not.toContain(Z);
      const option = `${path}.trustedHosts[0]`;
      for (const host of ["*", "*.", "https://example.com", "a b.c", "*.*.com", "net", "*.net.*", 5]) {
        expect(() => make({ trustedHosts: [host as string] })).toThrow(
          expect.objectContaining({ name: "ConfigurationError", option }),
        );
      }
    }
  });
});
