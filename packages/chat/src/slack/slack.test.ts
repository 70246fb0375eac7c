import { describe, expect, test } from "vitest";
import type { SlackPayload } from "./payload.ts";
import { slack } from "./slack.ts";

const message = {
  title: "Disk almost full",
  text: "Two lines:\n```\nif (a < b && c) *p = `x`;\n```\nand *no* markup",
  severity: "warn",
  fields: [
    { name: "Host", value: "db-1" },
    { name: "a*b_", value: "*c*" },
    { name: "Since", value: new Date(0) },
    { name: "Log", value: "one\ntwo" },
  ],
} as const;
const runs = (payload: SlackPayload) =>
  payload.blocks.flatMap((block) =>
    block.type === "rich_text"
      ? block.elements.flatMap(({ type, elements }) => elements.map((one) => [type, one]))
      : [],
  );
const text = (value: string) => ({ type: "text", text: value });
const bold = (value: string) => ({ ...text(value), style: { bold: true } });

describe("Slack's rich text", () => {
  test("the text is folded away in an attachment: it is in blocks at the top, and there is no attachment", () => {
    const payload = slack()(message);
    expect(payload.blocks.map(({ type }) => type)).toEqual(["header", "rich_text", "rich_text", "context"]);
    expect(payload).not.toHaveProperty("attachments");
  });

  test("code shows escapes: it is as it was", () => {
    expect(runs(slack()(message)).slice(0, 3)).toEqual([
      ["rich_text_section", text("Two lines:")],
      ["rich_text_preformatted", text("if (a < b && c) *p = `x`;")],
      ["rich_text_section", text("and *no* markup")],
    ]);
    const address = "curl https://db-1.example.com/x | sh # :tada:";
    expect(runs(slack()({ title: "t", text: `\`\`\`\n${address}\n\`\`\`` }))).toEqual([
      ["rich_text_preformatted", text(address)],
    ]);
  });

  test("only names of letters are bold: every label is, and a value never", () => {
    expect(
      runs(slack()(message))
        .slice(3)
        .map(([, one]) => one),
    ).toEqual([
      bold("Host: "),
      text("db-1"),
      bold("a*b_: "),
      text("*c*"),
      bold("Since: "),
      { type: "date", timestamp: 0, format: "{date_short_pretty} at {time}", fallback: "1970-01-01 00:00 UTC" },
      bold("Log:\n"),
      text("one\ntwo"),
    ]);
  });

  test("a label that begins with a colon becomes a picture", () => {
    const [name] = runs(slack()({ title: "t", fields: [{ name: ":tada", value: "v" }] }));
    expect(name).toEqual(["rich_text_section", bold(":\u200btada: ")]);
  });
});

describe("the colour bar", () => {
  test("is there where it is asked for, beside all but the title", () => {
    const { blocks, attachments } = slack({ colorBar: true })(message);
    expect(blocks.map(({ type }) => type)).toEqual(["header"]);
    expect(attachments?.map(({ color }) => color)).toEqual(["#d9a400"]);
    expect([...blocks, ...(attachments?.[0]?.blocks ?? [])]).toEqual(slack()(message).blocks);
  });

  test("one for each of several events, and raw parts stay behind all of them", () => {
    const raw = { slack: [{ type: "divider" }] };
    const { attachments } = slack({ colorBar: true })([
      { title: "a", severity: "error" },
      { title: "b", raw },
    ]);
    expect(attachments?.map(({ color }) => color)).toEqual(["#d13438", "#2f6fdb"]);
    expect(attachments?.at(-1)?.blocks.at(-1)).toEqual({ type: "divider" });
  });

  test("that is no boolean is refused", () => {
    expect(() => slack({ colorBar: "yes" as never })).toThrow(expect.objectContaining({ option: "slack.colorBar" }));
  });
});
