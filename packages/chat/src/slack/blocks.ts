import { visibleFields } from "../format/headline.ts";
import { allLinks } from "../format/links.ts";
import type { PreparedField, PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import { said } from "../message/severity.ts";
import { unix, utc } from "../message/time.ts";
import { clean } from "../text/clean.ts";
import { type Segment, segments } from "../text/fence.ts";
import type { SlackSlot } from "./limits.ts";
import type {
  SlackBlock,
  SlackMrkdwn,
  SlackPlainText,
  SlackRichText,
  SlackRichTextBlock,
  SlackRichTextSection,
} from "./payload.ts";

type SlackWriter = Writer<SlackSlot>;

/** How much of one event is shown: alone it may be longer than among others. */
export interface Amount {
  readonly segments: number;
  readonly fields: number;
}

export const plain = (text: string): SlackPlainText => ({ type: "plain_text", text, emoji: false });
const mrkdwn = (text: string): SlackMrkdwn => ({ type: "mrkdwn", text, verbatim: true });

/** Below the title: text, fields, buttons, and who said so when. */
export function slackBody(message: PreparedMessage, writer: SlackWriter, amount: Amount, source: string): SlackBlock[] {
  const { path } = message;
  const { fields, note } = visibleFields(message, writer, amount.fields);
  const blocks = [
    ...rich(paragraphs(message, writer, amount.segments)),
    ...rich(fields.map((field, index) => line(field, writer, `${path}fields[${index}]`))),
  ];
  const links = allLinks(message);
  if (links.length > 0) {
    const elements = links.map(({ label, url }, index) => ({
      type: "button" as const,
      text: plain(writer.write("button", `${path}actions[${index}].label`, label)),
      url,
      action_id: `link-${index}`,
    }));
    blocks.push({ type: "actions", elements });
  }
  const by = [said(message.severity), source, note].filter((part) => part !== "").join(" · ");
  const context: (SlackPlainText | SlackMrkdwn)[] = [plain(writer.write("note", `${path}source`, by))];
  if (message.time !== undefined) context.push(mrkdwn(date(message.time)));
  blocks.push({ type: "context", elements: context });
  return blocks;
}

/** A block of these elements, unless there are none. */
export function rich(elements: SlackRichTextBlock["elements"]): SlackBlock[] {
  return elements.length === 0 ? [] : [{ type: "rich_text", elements }];
}

/** One run of text, or a bold name and its value. */
export const section = (...elements: SlackRichTextSection["elements"]): SlackRichTextSection => ({
  type: "rich_text_section",
  elements,
});

export const run = (text: string): SlackRichText => ({ type: "text", text });

function paragraphs(message: PreparedMessage, writer: SlackWriter, most: number): SlackRichTextBlock["elements"] {
  const found = gather(segments(clean(message.text)), most);
  return found.flatMap(({ code, text }): SlackRichTextBlock["elements"] => {
    const slot = code ? "code" : "text";
    const written = writer.write(slot, `${message.path}text`, code ? text : text.replace(/^\n+|\n+$/g, ""));
    if (written === "") return [];
    return [code ? { type: "rich_text_preformatted", elements: [run(written)] } : section(run(written))];
  });
}

/** At most so many segments; what is over joins the last one. */
function gather(found: readonly Segment[], most: number): readonly Segment[] {
  if (found.length <= most) return found;
  const rest = found.slice(most - 1);
  return [
    ...found.slice(0, most - 1),
    { code: rest.every(({ code }) => code), text: rest.map(({ text }) => text).join("\n") },
  ];
}

/** A bold name, and its value on the same line, or below it where it has lines of its own. */
function line(field: PreparedField, writer: SlackWriter, path: string): SlackRichTextSection {
  const { name, value } = field;
  const label = (end: string): SlackRichText => ({
    ...run(writer.write("name", `${path}.name`, name) + end),
    style: { bold: true },
  });
  if (value instanceof Date) {
    return section(label(" "), { type: "date", timestamp: unix(value), format: DATE, fallback: utc(value) });
  }
  const written = writer.write("value", `${path}.value`, value);
  return section(label(written.includes("\n") ? "\n" : " "), run(written));
}

/** https://docs.slack.dev/messaging/formatting-message-text#date-formatting: the reader's own zone and words. */
const DATE = "{date_short_pretty} at {time}";

function date(time: Date): string {
  return `<!date^${unix(time)}^${DATE}|${utc(time)}>`;
}
