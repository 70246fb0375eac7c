import { describe, expect, test } from "vitest";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import type { Message } from "../message/message.ts";
import { slack } from "../slack/slack.ts";
import { arrange } from "./arrange.ts";

const makers = { slack, discord, mattermost, googleChat };

const signIn = (name: string): Message => ({
  title: `Sign-in: success (${name})`,
  kind: "Sign-in: success",
  subject: name,
  source: "Stalwart",
});
const infos: readonly Message[] = [
  ...Array.from({ length: 10 }, (_, index) => signIn(`u${index}`)),
  ...Array.from({ length: 12 }, (_, index) => ({
    title: `Queue: message ${index}`,
    kind: "Queue: message",
    source: "Stalwart",
  })),
];
const corruption: Message = { title: "Storage: data corruption", severity: "critical", source: "Stalwart" };

/** What a phone shows of a payload. */
const notification = (payload: Record<string, unknown>): string =>
  String(payload.fallbackText ?? payload.text ?? payload.content);

describe.each(Object.entries(makers))("%s: the worst event of a batch", (_, make) => {
  // The worst comes last, as it does when nobody has chosen the order.
  const [formatted] = make().payloads([...infos, corruption]);
  const payload = formatted?.payload as unknown as Record<string, unknown>;
  const body = JSON.stringify(payload);

  test("does not disappear behind 22 infos", () => {
    expect(body).toContain("Storage: data corruption");
    expect(body.indexOf("Storage: data corruption")).toBeLessThan(body.indexOf("sign-in: success"));
  });

  test("is counted in the heading and in the notification, and named there", () => {
    expect(body).toContain("23 events from Stalwart: 🚨 1 critical, 🔵 22 info");
    expect(notification(payload)).toContain("23 events from Stalwart: 🚨 1 critical, 🔵 22 info");
    expect(notification(payload)).toContain("🚨 Critical: Storage: data corruption");
  });

  test("leaves a line for each kind of event that has no room", () => {
    expect(body.replaceAll("\\\\", "")).toMatch(/10 × sign-in: success \\?\(u0, u1, u2, u3, u4, …\\?\)/);
    expect(body).toContain("12 × queue: message");
  });

  test("and what has no room is in the result", () => {
    expect(formatted?.cuts).toEqual([{ path: "messages[0:22]", removed: expect.any(Number) }]);
  });

  test("is in the first of several messages when they are split", () => {
    const [first] = make({ overflow: "split" }).payloads([...infos, corruption]);
    expect(JSON.stringify(first?.payload)).toContain("Storage: data corruption");
  });
});

test.each(Object.entries(makers))(
  "%s: severity is a colour alone: it is sign and word, alone and in a batch",
  (_, make) => {
    const signs = {
      ok: "🟢 OK",
      info: "🔵 Info",
      warn: "🟡 Warning",
      error: "🔴 Error",
      critical: "🚨 Critical",
    } as const;
    for (const [severity, sign] of Object.entries(signs)) {
      const message = { title: "t", severity } as Message;
      expect(JSON.stringify(make()(message))).toContain(sign);
      const batch = JSON.stringify(make()([message, { title: "other" }, message]));
      expect(batch.split(sign).length, severity).toBeGreaterThanOrEqual(3);
    }
  },
);

describe("a batch", () => {
  const titles = (messages: readonly Message[], most: number) =>
    arrange(messages, most).shown.map(({ message }) => message.title);

  test("with room for all of it is only put in order", () => {
    expect(titles([{ title: "a" }, { title: "b", severity: "error" }, { title: "c" }], 3)).toEqual(["b", "a", "c"]);
    expect(titles([{ title: "a", severity: "ok" }, { title: "b" }], 3)).toEqual(["b", "a"]);
  });

  test("of alarms of one kind shows as many as it can", () => {
    const alarms = Array.from(
      { length: 5 },
      (_, index): Message => ({ title: `t${index}`, kind: "DKIM", severity: "error" }),
    );
    const { shown, overview } = arrange([{ title: "a" }, ...alarms], 3);
    expect(shown.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(overview.more).toBe("and 3 more:\n🔴 Error: 2 × DKIM\na");
  });

  test("of many kinds does not end in dots alone", () => {
    const kinds = Array.from({ length: 9 }, (_, index): Message => ({ title: `t${index}`, severity: "warn" }));
    expect(
      arrange([...kinds, ...kinds], 2)
        .overview.more.split("\n")
        .at(-1),
    ).toBe("… and 6 of other kinds");
  });

  test("of one kind of information shows at least one event", () => {
    const { shown, overview } = arrange(infos.slice(0, 10), 3);
    expect(shown).toHaveLength(1);
    expect(overview.more).toBe("and 9 more: 9 × sign-in: success (u1, u2, u3, u4, u5, …)");
  });

  test("whose source is endless still counts in its heading", () => {
    const source = "x".repeat(1000);
    const [block] = slack()([
      { title: "a", source },
      { title: "b", source, severity: "critical" },
    ]).blocks;
    expect(JSON.stringify(block)).toContain("🚨 1 critical, 🔵 1 info");
  });
});
