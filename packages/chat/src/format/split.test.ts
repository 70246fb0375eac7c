import { describe, expect, test } from "vitest";
import { discord } from "../discord/discord.ts";
import { googleChat } from "../google-chat/google-chat.ts";
import { mattermost } from "../mattermost/mattermost.ts";
import { slack } from "../slack/slack.ts";

const makers = { slack, discord, mattermost, googleChat };

describe.each(Object.entries(makers))("%s", (_, make) => {
  const cut = make();
  const split = make({ overflow: "split" });
  // Numbered words, so that a missing one shows.
  const long = Array.from({ length: 6000 }, (_, index) => `w${index}`).join(" ");

  test("cuts with a note, and reports what is missing", () => {
    const [only, ...others] = cut.payloads({ title: "t", text: long });
    expect(others).toEqual([]);
    expect(only?.cuts).toEqual([{ path: "text", removed: expect.any(Number) }]);
    expect(JSON.stringify(only?.payload)).toMatch(/… \d+ more (characters|bytes)/);
  });

  test("splits when asked, and loses nothing", () => {
    const payloads = split.payloads({ title: "t", text: long });
    expect(payloads.length).toBeGreaterThan(1);
    expect(payloads.flatMap(({ cuts }) => cuts)).toEqual([]);
    const body = JSON.stringify(payloads.map(({ payload }) => payload));
    for (const word of long.split(" ")) expect(body.includes(word), word).toBe(true);
    expect(body).toMatch(new RegExp(`t \\\\*\\(1/${payloads.length}`));
  });

  test("opens a fence again in the next part", () => {
    const code = Array.from({ length: 4000 }, (_, index) => `*line* ${index}`).join("\n");
    for (const { payload } of split.payloads({ title: "t", text: `\`\`\`\n${code}\n\`\`\`` })) {
      const body = JSON.stringify(payload);
      expect(body.match(/```/g) ?? []).toHaveLength(make === googleChat || make === slack ? 0 : 2);
      expect(body.match(/rich_text_preformatted/g) ?? []).toHaveLength(make === slack ? 1 : 0);
    }
  });

  test("keeps many fields and long values whole", () => {
    const fields = Array.from({ length: 60 }, (_, index) => ({ name: `n${index}`, value: `v${index}` }));
    const payloads = split.payloads({ title: "t", fields: [...fields, { name: "long", value: long.slice(0, 9000) }] });
    expect(payloads.flatMap(({ cuts }) => cuts)).toEqual([]);
    const body = JSON.stringify(payloads.map(({ payload }) => payload));
    for (const { value } of fields) expect(body).toContain(`${value}"`);
  });

  test("keeps together what fits together", () => {
    const few = Array.from({ length: 3 }, (_, index) => ({ title: `t${index}` }));
    expect(split.payloads(few)).toHaveLength(1);
    const many = Array.from({ length: 25 }, (_, index) => ({ title: `t${index}` }));
    const payloads = split.payloads(many);
    expect(payloads.length).toBeGreaterThan(1);
    expect(payloads.length).toBeLessThanOrEqual(4);
    expect(payloads.flatMap(({ cuts }) => cuts)).toEqual([]);
  });

  test("never floods", () => {
    const all = Array.from({ length: 2000 }, (_, index) => ({ title: `t${index}`, text: long }));
    const payloads = split.payloads(all);
    expect(payloads).toHaveLength(20);
    expect(payloads.at(-1)?.cuts.length).toBeGreaterThan(0);
    expect(cut.payloads(all)).toHaveLength(1);
    expect(JSON.stringify(cut(all))).toMatch(/and 19\d\d more:(?:\\n|<br>)t\d/);
    // 66 MB of text, on a machine that may be busy.
  }, 60_000);

  test("is a format as well: several events are one request, split ones several", () => {
    const context = { requestId: () => "id" };
    const event = (text: string) => ({ type: "x", data: { message: text } });
    const [one, ...none] = cut.messages([event("a"), event("b")], context);
    expect(none).toEqual([]);
    expect(JSON.parse(one?.body ?? "")).toEqual(
      cut([
        { title: "X", text: "a" },
        { title: "X", text: "b" },
      ]),
    );
    expect(split.messages([event(long)], context).length).toBeGreaterThan(1);
  });

  test("says nothing of an event about which its renderer has nothing to say", () => {
    const quiet = make({ render: ({ type }) => (type === "boring" ? [] : { title: type }) });
    const context = { requestId: () => "id" };
    expect(quiet.messages([{ type: "boring", data: {} }], context)).toEqual([]);
    expect(
      quiet.messages(
        [
          { type: "boring", data: {} },
          { type: "news", data: {} },
        ],
        context,
      ),
    ).toHaveLength(1);
  });

  test("stands alone as a function with a name", () => {
    expect(cut.name).toBe(`${cut.platform}Format`);
    expect(cut({ title: "t" })).toEqual(cut([{ title: "t" }]));
    expect(() => cut(undefined as never)).not.toThrow();
  });
});

describe("threads and identity", () => {
  const context = { requestId: () => "7f1f0f9e-6c4c-4a0e-8a43-5b8a4c8f0a00" };
  const event = { type: "x", data: {} };
  test("Slack's thread is in the body", () => {
    expect(slack({ thread: "1663782000.123456" })({ title: "t" }).thread_ts).toBe("1663782000.123456");
    expect(slack({ thread: () => "nonsense" })({ title: "t" }).thread_ts).toBeUndefined();
  });
  test("Discord's is in the query, a forum's in the body", () => {
    expect(discord({ thread: "12345678901234567" }).messages([event], context)[0]?.query).toEqual({
      thread_id: "12345678901234567",
    });
    expect(discord({ threadName: ({ title }) => title })({ title: "A\nB" }).thread_name).toBe("A B");
  });
  test("Google's is in both, beside the id that makes a retry harmless", () => {
    const format = googleChat({ thread: ({ title }) => title });
    expect(format({ title: "node-1" }).thread).toEqual({ threadKey: "node-1" });
    expect(format.messages([event], context)[0]?.query).toEqual({
      requestId: context.requestId(),
      messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD",
    });
    expect(googleChat().messages([event], context)[0]?.query).toEqual({ requestId: context.requestId() });
  });
  test("events of several threads do not all land in the thread of the first", () => {
    const a = "12345678901234567";
    const b = "76543210987654321";
    const render = ({ type, data }: { type: string; data: unknown }) => ({ title: type, source: String(data) });
    const events = [
      { type: "one", data: a },
      { type: "two", data: b },
      { type: "three", data: a },
    ];
    const format = discord({ render, thread: ({ source }) => source });
    const messages = format.messages(events, context);
    expect(messages.map(({ query }) => query?.thread_id)).toEqual([a, b]);
    expect(messages.map(({ body }) => ["one", "two", "three"].filter((title) => body.includes(title)))).toEqual([
      ["one", "three"],
      ["two"],
    ]);
    expect(events.map((one) => format.group?.(one))).toEqual([
      format.group?.(events[2] as (typeof events)[0]),
      expect.not.stringContaining(a),
      expect.stringContaining(a),
    ]);
    expect(discord({ thread: a }).group).toBeUndefined();

    const keys = googleChat({ render, thread: ({ source }) => source }).messages(events, context);
    expect(keys.map(({ body }) => JSON.parse(body).thread.threadKey)).toEqual([a, b]);
    const at = (id: string) => `1663782000.${id.slice(0, 6)}`;
    const replies = slack({ render, thread: ({ source = "" }) => at(source) }).messages(events, context);
    expect(replies.map(({ body }) => JSON.parse(body).thread_ts)).toEqual([at(a), at(b)]);
    const forum = discord({ render, threadName: ({ title }) => title }).messages(events, context);
    expect(forum.map(({ body }) => JSON.parse(body).thread_name)).toEqual(["one", "two", "three"]);
  });
  test("names stand beside the message", () => {
    expect(discord({ username: "Tailnet", avatarUrl: "https://example.com/a.png" })({ title: "t" })).toMatchObject({
      username: "Tailnet",
      avatar_url: "https://example.com/a.png",
    });
    expect(mattermost({ username: "tailnet", channel: "@alice" })({ title: "t" })).toMatchObject({
      username: "tailnet",
      channel: "@alice",
    });
  });
  test("Discord says it in one line above when asked", () => {
    expect(discord({ fallback: true })({ title: "*t*", severity: "warn" }).content).toBe("🟡 Warning: \\*t\\*");
    expect(discord()({ title: "t" }).content).toBeUndefined();
  });
});
