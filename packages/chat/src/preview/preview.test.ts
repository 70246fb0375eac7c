import { describe, expect, test } from "vitest";
import type { DiscordPayload } from "../discord/payload.ts";
import type { GoogleChatPayload } from "../google-chat/payload.ts";
import type { MattermostPayload } from "../mattermost/payload.ts";
import type { SlackPayload } from "../slack/payload.ts";
import { notifyDiscord, showDiscord } from "./discord.ts";
import { notifyGoogleChat, showGoogleChat } from "./google-chat.ts";
import { notifyMattermost, showMattermost } from "./mattermost.ts";
import { notifySlack, showSlack } from "./slack.ts";

/** What a formatter would have let through, and the tag in which each platform's own client would show it. */
describe("a missed escape does not show: it does", () => {
  const markdown: readonly (readonly [source: string, shown: string])[] = [
    ["**bold**", '<b class="made">bold</b>'],
    ["*it*", '<i class="made">it</i>'],
    ["a _it_ b", '<i class="made">it</i>'],
    ["~~gone~~", '<s class="made">gone</s>'],
    ["`code`", '<code class="made">code</code>'],
    ["# head", '<h2 class="made">head</h2>'],
    ["- item", '<li class="made">item</li>'],
    ["> quote", '<blockquote class="made">'],
    ["[x](https://e.example)", 'href="https://e.example"'],
    ["see https://e.example/a.", 'href="https://e.example/a"'],
    [":tada:", "🖼 tada"],
  ];
  const embed = (description: string) =>
    showDiscord({ embeds: [{ title: "t", color: 0, description }], allowed_mentions: { parse: [] } } as DiscordPayload);
  test.each<readonly [source: string, shown: string]>([
    ...markdown,
    ["__under__", '<u class="made">under</u>'],
    ["||spoiler||", '<mark class="made">spoiler</mark>'],
    ["-# small", '<small class="made">small</small>'],
    ["@everyone", '<span class="made pill">@everyone</span>'],
    ["<@123> </ban:1> <id:customize>", '<span class="made pill">@123</span>'],
    ["<a:wave:123>", "🖼 wave"],
  ])("Discord: %s", (source, shown) => {
    expect(embed(source)).toContain(shown);
    expect(embed(source.replace(/[^a-z0-9\s]/gi, "\\$&"))).not.toContain("made");
    const payload = { content: source, embeds: [], allowed_mentions: { parse: [] } } as DiscordPayload;
    if (!/^[#>-]/.test(source)) expect(notifyDiscord(payload)).toContain(shown);
  });

  const attachment = (text: string) =>
    showMattermost({ attachments: [{ fallback: "f", color: "#000000", title: "t", text }] } as MattermostPayload);
  test.each<readonly [source: string, shown: string]>([
    ...markdown,
    ["\\@channel", '<span class="made pill">@channel</span>'],
    ["&#64;alice", '<span class="made pill">@alice</span>'],
    ["#tag", '<h2 class="made">tag</h2>'],
    ["a #tag ~town-square", '<span class="made pill">~town-square</span>'],
    ["<!here>", '<span class="made pill">@here</span>'],
    ["<https://e.example|x>", 'href="https://e.example"'],
    ["$x^2$", '<code class="made">$x^2$</code>'],
    ["a@b.example", 'href="mailto:a@b.example"'],
    ["tag:prod\\_eu", '<span class="made">tag:prod\\_eu</span>'],
    ["x\u2424> quote", '<blockquote class="made">'],
  ])("Mattermost: %s", (source, shown) => {
    expect(attachment(source)).toContain(shown);
  });
  test("Mattermost: the notification", () => {
    expect(notifyMattermost({ text: "@all **now**", attachments: [] })).toMatch(/pill">@all.*<b class="made">now/);
    expect(notifyMattermost({ text: "a \\*b\\*", attachments: [] })).toBe("a *b*");
  });

  test.each([
    ["*bold*", '<b class="made">bold</b>'],
    ["_it_", '<i class="made">it</i>'],
    ["~gone~", '<s class="made">gone</s>'],
    ["`code`", '<code class="made">code</code>'],
    ["<!channel>", '<span class="made pill">!channel</span>'],
    ["<@U024BE7LH>", '<span class="made pill">@U024BE7LH</span>'],
    ["<https://e.example|x>", 'href="https://e.example"'],
    ["&gt; quote", '<blockquote class="made">'],
    ["see e.example.com", 'href="http://e.example.com"'],
  ])("Slack: %s", (text, shown) => {
    expect(notifySlack({ text, blocks: [], unfurl_links: false, unfurl_media: false })).toContain(shown);
  });
  test("Slack: a mention in rich text, and an address in plain text", () => {
    const section = { type: "rich_text_section", elements: [{ type: "broadcast", range: "here" }] };
    const blocks = [{ type: "rich_text", elements: [section] }] as unknown as SlackPayload["blocks"];
    const header: SlackPayload["blocks"] = [
      { type: "header", text: { type: "plain_text", text: "a@b.io", emoji: false } },
    ];
    const show = (given: SlackPayload["blocks"]) =>
      showSlack({ text: "t", blocks: given, unfurl_links: false, unfurl_media: false });
    expect(show(blocks)).toContain('class="made"');
    expect(show(header)).toContain('href="mailto:a@b.io"');
  });

  const card = (text: string): GoogleChatPayload => ({
    cardsV2: [
      { cardId: "c", card: { header: { title: "t" }, sections: [{ widgets: [{ textParagraph: { text } }] }] } },
    ],
    fallbackText: text,
  });
  test.each([
    ["<b>bold</b>", '<b class="made">bold</b>'],
    ['<a href="https://e.example">x</a>', 'href="https://e.example"'],
    ["see e.example.com", 'href="http://e.example.com"'],
  ])("Google Chat: %s", (source, shown) => {
    expect(showGoogleChat(card(source))).toContain(shown);
  });
  test.each([
    ["*bold*", '<b class="made">bold</b>'],
    ["<users/all>", '<span class="made pill">users/all</span>'],
    ["<https://e.example|x>", 'href="https://e.example"'],
  ])("Google Chat's fallback: %s", (source, shown) => {
    expect(notifyGoogleChat(card(source))).toContain(shown);
  });
});
