import type { Message } from "@countersign/chat";
import type { WebhookEvent } from "@countersign/sender";
import fc from "fast-check";
import { tailscaleEvents } from "./tailscale-events.ts";

/** What an attacker writes into a device's name, one trick each. */
export const tricks: readonly string[] = [
  // Pings and mentions.
  "<!channel>",
  "<!here>",
  "<!everyone>",
  "<!all>",
  "<@U024BE7LH>",
  "<#C024BE7LR>",
  "<!subteam^S123|@team>",
  "@channel",
  "@all",
  "@here",
  "@everyone",
  "x.@all",
  "_@here_",
  "(@channel)",
  "<@123456789012345678>",
  "<@!123456789012345678>",
  "<@&123456789012345678>",
  "<#123456789012345678>",
  "</ban:123456789012345678>",
  "<id:customize>",
  "<:wave:123456789012345678>",
  "<a:wave:123456789012345678>",
  "<t:1618953630:R>",
  "<users/all>",
  "<users/123>",
  "&lt;users/all&gt;",
  "&#64;channel",
  "\\@channel",
  "`@channel`",
  "@alice",
  "@ch​annel",
  "@\u200bchannel",
  "@\u2060everyone",
  "＠channel",
  "~town-square",
  "\\~town-square",
  "#hashtag",
  "\\#hashtag",
  // Links.
  "https://evil.example/",
  "HTTP://EVIL.EXAMPLE",
  "http:evil.example",
  "http:/evil.example",
  "www.evil.example",
  "www2.evil.example",
  "evil.com/path",
  "evil.com",
  "mailto:a@evil.com",
  "tel:+123456",
  "mattermost://evil",
  "slack://open",
  "javascript:alert(1)",
  "alice@evil.com",
  "ftp://evil.example",
  "[Log in](https://evil.example)",
  "[Log in](<https://evil.example>)",
  "[Log in][1]\n\n[1]: https://evil.example",
  "![x](https://evil.example/x.png)",
  "<https://evil.example|Log in>",
  "<https://evil.example>",
  "<https://evil.example\n|Log in>",
  '<a href="https://evil.example">Log in</a>',
  "<img src=x>",
  "<evil.com|x>",
  "https://good.example@evil.example",
  "https:\u200b//evil.example",
  "discord.gg/abcdef",
  "[x]\\(https://evil.example)",
  "\\[x](https://evil.example)",
  "<!date^0^{date}^https://evil.example|x>",
  // Layout.
  "**bold**",
  "__under__",
  "*b*",
  "_i_",
  "~~s~~",
  "~s~",
  "||spoiler||",
  "`code`",
  "```\ncode\n```",
  "```",
  "`",
  "``",
  "# Heading",
  "-# small",
  "- item",
  "> quote",
  ">>> quote",
  "&gt; quote",
  "1. one",
  "1) one",
  "| a | b |\n|---|---|\n| c | d |",
  "text\n===",
  "***",
  "---",
  "\\",
  "\\\\",
  "\\*",
  "    indented",
  "\tindented",
  "$x^2$",
  "$0.95 of $1.00",
  // Mattermost's client reads these as a line break and as spaces.
  "x\u2424> quote",
  "x\u2424---",
  "\u2424\u24241. one",
  "\u00a0\u00a0\u00a0\u00a0indented",
  ":smile:",
  ":)",
  "</b>",
  "&amp;",
  "&",
  '"',
  "'",
  // Characters.
  "\u0000",
  "\u0007",
  "\u001b[31m",
  "\r\n",
  "\u2028",
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\u00ad",
  "\u200d",
  "\ud800",
  "\udc00",
  "\ud83d",
  "\ufffe",
  "\u{e0041}\u{e0042}",
  "\u3164",
  "\u2800",
  "\u115f",
  "\u00a0",
  "👨‍👩‍👧‍👦",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "🇩🇪",
  "👍🏽",
  "e\u0301",
  `z${"\u0335\u0321".repeat(40)}`,
  "שלום",
  "مرحبا",
  "नमस्ते",
  "𝕏",
  "漢字",
  "ﷺ",
  "__proto__",
  "constructor",
  "{{x}}",
];

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...tricks) },
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(" ", "\n", "."),
);

/** Tricks glued together, and sometimes far too much of them. */
export const hostile: fc.Arbitrary<string> = fc
  .tuple(fc.array(piece, { maxLength: 6 }), fc.constantFrom(1, 1, 1, 1, 40, 900))
  .map(([pieces, times]) => pieces.join("").repeat(times));

const severity = fc.constantFrom("info" as const, "warn" as const, "error" as const, "critical" as const);

const url = fc.oneof(
  fc.constantFrom(
    "https://login.tailscale.com/admin/machines/1",
    "https://a.example/x?y=z|<>()[]*_~`\"'",
    "http://b.example/@channel",
    "http://evil.example(/",
    "http://good.example)~town-square*b*/",
  ),
  hostile,
  fc.webUrl(),
);

const link = fc.record({ url, label: hostile }, { requiredKeys: ["url"] });

const field = fc.record(
  {
    name: hostile,
    value: fc.oneof(hostile, fc.integer(), fc.boolean(), fc.date({ noInvalidDate: false })),
    short: fc.boolean(),
  },
  { requiredKeys: ["name", "value"] },
);

/** Any message, mostly hostile. */
export const message: fc.Arbitrary<Message> = fc.record(
  {
    title: hostile,
    text: hostile,
    severity,
    fields: fc.oneof(fc.array(field, { maxLength: 4 }), fc.array(field, { minLength: 20, maxLength: 60 })),
    link,
    time: fc.oneof(fc.integer(), fc.date({ noInvalidDate: false }), hostile),
    source: hostile,
    actions: fc.array(link, { maxLength: 8 }),
  },
  { requiredKeys: ["title"] },
) as fc.Arbitrary<Message>;

/** One message, or as many as a throttled batch has. */
export const messages: fc.Arbitrary<readonly Message[]> = fc.oneof(
  { weight: 4, arbitrary: message.map((one) => [one]) },
  fc.array(message, { minLength: 2, maxLength: 14 }),
);

/** Replaces the texts of a documented event by hostile ones, at every depth. */
function poison(value: unknown, words: readonly string[], next: { at: number }): unknown {
  if (typeof value === "string") return words[next.at++ % words.length] ?? value;
  if (Array.isArray(value)) return value.map((item) => poison(item, words, next));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "type" || key === "event_kind" || key === "event_type" ? item : poison(item, words, next),
    ]),
  );
}

const systems: readonly object[] = [
  ...tailscaleEvents,
  {
    events: [
      {
        id: "1",
        createdAt: "2023-06-21T14:55:00Z",
        type: "auth.failed",
        data: { accountName: "jdoe", remoteIp: "192.0.2.1", spanId: "3", causedBy: { type: "dns.error", data: {} } },
      },
    ],
  },
  {
    metadata: {
      login_name: "alice@example.com",
      model: "gpt-5.5",
      provider: "openai",
      request_id: "r",
      session_id: "s",
      tailnet_name: "example.com",
    },
    estimated_cost: { dollars: 0.0342, usage: { input_tokens: 5 } },
    tool_calls: [{ name: "search" }],
    quotas: { day: { current: 950, capacity: 1000 } },
  },
  {
    audit_id: "ae_1",
    timestamp: "2026-04-17T10:15:03Z",
    event_kind: "policy_block",
    agent_id: "bot",
    policy_result: { verdict: "deny", rule: "no_pii" },
    severity: "warn",
    detections: [{ category: "pii", severity: "error" }],
  },
  {
    event_type: "AccessRequestCreated",
    event_time: 1696263265.85,
    data: {
      friendly_id: "AR-1",
      requester: { name: "User", email: "user@example.com" },
      justification: "because",
      custom_fields: { ticket: "T-1" },
    },
  },
];

/** Events as a sender is given them: of the five systems with hostile contents, and any JSON at all. */
export const event: fc.Arbitrary<WebhookEvent> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...systems), fc.array(hostile, { minLength: 1, maxLength: 8 }), hostile)
    .map(([data, words, type]) => ({ type, data: poison(data, words, { at: 0 }) })),
  fc.tuple(hostile, fc.jsonValue({ maxDepth: 4 })).map(([type, data]) => ({ type, data })),
  fc
    .tuple(hostile, fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile)), { maxKeys: 20 }))
    .map(([type, data]) => ({ type, data })),
);
