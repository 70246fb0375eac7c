import { describe, expect, test } from "vitest";
import * as dialect from "./escape.ts";

const Z = "\u200b";

/** What each dialect makes of it, as a person would expect to read it in a payload. */
describe("escapes", () => {
  test.each([
    ["<!channel> & co", "&lt;!channel&gt; &amp; co"],
    ["https://evil.example/x", `https:${Z}//evil.${Z}example/x`],
    ["*bold* _it_ :smile:", "*bold* _it_ :smile:"],
    // A client may link a bare host or a mail address, even where no markup is read.
    ["evil.com alice@evil.com", `evil.${Z}com alice@${Z}evil.${Z}com`],
    ["100.12.345.67 v1.2", "100.12.345.67 v1.2"],
  ])("Slack plain_text: %s", (raw, expected) => {
    expect(dialect.slackPlain(raw)).toBe(expected);
  });

  test.each([
    ["<!channel> & *co*", "<!channel> & *co*"],
    [":smile: at 10:30:45", `:${Z}smile: at 10:30:45`],
    ["https://evil.example/x a@b.com", `https:${Z}//evil.${Z}example/x a@${Z}b.${Z}com`],
  ])("Slack rich text: %s", (raw, expected) => {
    expect(dialect.slackRich(raw)).toBe(expected);
  });

  test.each([
    ["*b*", `${Z}*${Z}b${Z}*${Z}`],
    ["> quote", `${Z}&gt; quote`],
    [":smile:", `:${Z}smile:`],
    ["a@b.com", `a@${Z}b.${Z}com`],
  ])("Slack notification: %s", (raw, expected) => {
    expect(dialect.slackMrkdwn(raw)).toBe(expected);
  });

  test.each([
    ["[x](https://e.example)", `\\[x\\]\\(https:${Z}//e.example\\)`],
    ["<@123> <#1> </a:1> <t:0>", `\\<${Z}@123> \\<${Z}#1> \\<${Z}/a:1> \\<${Z}t:0>`],
    [":smile: a:+1:", `:${Z}smile: a:${Z}+1:`],
    ["10:30:45 2001:db8::1 aa:bb:cc:dd", "10:30:45 2001:db8::1 aa:bb:cc:dd"],
    ["@everyone @here a@b.com", `@${Z}everyone @${Z}here a@b.com`],
    ["# h\n- i\n1. o\n> q\n-# s", "\\# h\n\\- i\n1\\. o\n\\> q\n\\-# s"],
    ["a_b*c~d|e`f\\g", "a\\_b\\*c\\~d\\|e\\`f\\\\g"],
    ["  - x", "\u00a0\u00a0\\- x"],
    ["alice-workstation1.ts.net 1.5", "alice-workstation1.ts.net 1.5"],
    ["```\n@everyone `x` ```y\n```", `\`\`\`\n@${Z}everyone \`x\` \`${Z}\`${Z}\`y\n\`\`\``],
  ])("Discord: %s", (raw, expected) => {
    expect(dialect.discordText(raw)).toBe(expected);
  });

  test.each([
    ["<!channel>", "&lt;\\!channel>"],
    ["<https://e.example|x>", `&lt;https:${Z}//e.example\\|x>`],
    ["@all ~town #tag a@b.com", `@${Z}all \\~${Z}town #${Z}tag a@${Z}b.com`],
    ["&#64;all", `&amp;#${Z}64;all`],
    ["DOMAIN\\user \\* \\", "DOMAIN\\user \\\\\\* \\\\"],
    ["evil.com/x www.evil.com", `evil.${Z}com/x www${Z}.evil.com`],
    ["t\n===", `t\n${Z}===`],
    ["```\n<a|b> @all\n```", `\`\`\`\n＜a|b> @${Z}all\n\`\`\``],
    ["x\u2424> quote", "x\u240a> quote"],
    ["```\na\u2424b\n```", "```\na\u240ab\n```"],
    ["    *x*", "\u2007\u2007\u2007\u2007\\*x\\*"],
    ["\u00a0\u00a0\t- x", "\u2007\u2007\u2007\u2007\\- x"],
    [":smile: a:+1: ::tada:", `:${Z}smile: a:${Z}+1: ::${Z}tada:`],
    ["10:30:45 2001:db8::1", "10:30:45 2001:db8::1"],
    // An address to the web client, which would show the backslash and read what is behind it.
    ["tag:prod_eu id:customize`x`", `tag:${Z}prod\\_eu id:${Z}customize\\\`x\\\``],
    ["tag:prod at 2026-01-01T10:30:45Z", "tag:prod at 2026-01-01T10:30:45Z"],
    ["$0.95 of $1.00", "&#36;0.95 of &#36;1.00"],
  ])("Mattermost: %s", (raw, expected) => {
    expect(dialect.mattermostText(raw)).toBe(expected);
  });

  test.each([
    ["<users/all>", "&lt;users/all&gt;"],
    ["a & \"b\" 'c'", "a &amp; &quot;b&quot; &#39;c&#39;"],
    ["evil.com", `evil.${Z}com`],
    ["a\n  b", "a<br>\u00a0 b"],
    ["100.12.345.67 v1.2", "100.12.345.67 v1.2"],
  ])("Google card: %s", (raw, expected) => {
    expect(dialect.googleText(raw)).toBe(expected);
  });

  test(":name: is a picture nowhere, in Mattermost's footers and Discord's neither", () => {
    expect(dialect.mattermostPlain(":smile:")).toBe(`:${Z}smile:`);
    expect(dialect.discordPlain(":smile:")).toBe(`:${Z}smile:`);
  });

  test("Google header and fallback: <users/all> *b*", () => {
    expect(dialect.googlePlain("<users/all> *b*")).toBe(`<${Z}users/all> *b*`);
    expect(dialect.googleFallback("<users/all> *b*")).toBe(`<${Z}users/all> *${Z}b*${Z}`);
  });
});
