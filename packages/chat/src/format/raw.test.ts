import { describe, expect, test } from "vitest";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import type { Message } from "../message/message.ts";
import { slack } from "../slack/slack.ts";

const part = { type: "rich_text", note: "<!channel> *as it is*" };
const raw = { slack: [part], discord: [part], mattermost: [part], googlechat: [part] };
const makers = { slack, discord, mattermost, googleChat };

describe.each(Object.entries(makers))("a raw part on %s", (name, make) => {
  const format = make();
  const key = name.toLowerCase() as keyof typeof raw;
  const says = (message: Message | readonly Message[]) => JSON.stringify(format(message));

  test("is the last of the payload, as it is, for its platform alone", () => {
    expect(says({ title: "t", raw })).toContain(JSON.stringify(part));
    const others = Object.fromEntries(Object.entries(raw).filter(([platform]) => platform !== key));
    expect(format({ title: "t", raw: others })).toEqual(format({ title: "t" }));
    expect(says([{ title: "a" }, { title: "b", raw }])).toContain(JSON.stringify(part));
  });

  test("takes its room from long texts", () => {
    const big = { ...part, note: "x".repeat(2000) };
    const [only] = format.payloads({ title: "t", text: "long ".repeat(20_000), raw: { [key]: [big] } });
    expect(JSON.stringify(only?.payload)).toContain(big.note);
    expect(only?.cuts.map(({ path }) => path)).toEqual(["text"]);
  });

  test("for which there is no room is left out whole, and reported", () => {
    const huge = { ...part, note: "x".repeat(100_000) };
    const [only] = format.payloads({ title: "t", raw: { [key]: [huge, part] } });
    expect(only?.cuts).toEqual([{ path: `raw.${key}[0]`, removed: expect.any(Number) }]);
    expect(JSON.stringify(only?.payload)).toContain(JSON.stringify(part));
    const many = Array.from({ length: 200 }, () => ({ a: 1 }));
    const paths = format.payloads({ title: "t", raw: { [key]: many } })[0]?.cuts.map(({ path }) => path);
    expect(paths?.at(-1)).toBe(`raw.${key}[199]`);
  });

  test("that is no object, or cannot be JSON, is none", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const odd of [[null, 5, "x", [], cycle], "x", 5]) {
      expect(format({ title: "t", raw: { [key]: odd } as never })).toEqual(format({ title: "t" }));
    }
  });

  test("is in one of several messages when they are split", () => {
    const payloads = make({ overflow: "split" }).payloads({ title: "t", text: "long ".repeat(10_000), raw });
    expect(payloads.length).toBeGreaterThan(1);
    expect(payloads.filter(({ payload }) => JSON.stringify(payload).includes(JSON.stringify(part)))).toHaveLength(1);
  });
});
