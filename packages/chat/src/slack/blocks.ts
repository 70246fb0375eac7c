import { visibleFields } from "../format/headline.ts";
import { allLinks } from "../format/links.ts";
import type { PreparedField, PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import { said } from "../message/severity.ts";
import { unix, utc } from "../message/time.ts";
import { clean } from "../text/clean.ts";
import { type Segment, segments } from "../text/fence.ts";
import type { SlackSlot } from "./limits.ts";
import type { SlackBlock, SlackMrkdwn, SlackPlainText } from "./payload.ts";

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
  const blocks: SlackBlock[] = textBlocks(message, writer, path, amount.segments);
  const { fields, note } = visibleFields(message, writer, amount.fields);
  for (let index = 0; index < fields.length; index += 5) {
    const five = fields.slice(index, index + 5);
    blocks.push({
      type: "section",
      fields: five.flatMap((field, at) => pair(field, writer, `${path}fields[${index + at}]`)),
    });
  }
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

/** Prose goes into `plain_text`, where no markup is read; code needs mrkdwn, where only its own end is. */
function textBlocks(message: PreparedMessage, writer: SlackWriter, path: string, most: number): SlackBlock[] {
  const found = gather(segments(clean(message.text)), most);
  return found.flatMap(({ code, text }): SlackBlock[] => {
    const written = writer.write(code ? "code" : "text", `${path}text`, code ? text : text.replace(/^\n+|\n+$/g, ""));
    if (written === "") return [];
    return [{ type: "section", text: code ? mrkdwn(written) : plain(written) }];
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

/** Name and value side by side, as two texts: the value must be plain text, and that cannot be bold. */
function pair(field: PreparedField, writer: SlackWriter, path: string): (SlackPlainText | SlackMrkdwn)[] {
  const name = writer.write("name", `${path}.name`, field.name);
  // Only a name in which nothing could be markup is made bold.
  const label = /^[\p{L}\p{N}][\p{L}\p{N} .-]*$/u.test(name) ? mrkdwn(`*${name}*`) : plain(name);
  const value =
    field.value instanceof Date
      ? mrkdwn(date(field.value))
      : plain(writer.write("value", `${path}.value`, field.value));
  return [label, value];
}

/** https://docs.slack.dev/messaging/formatting-message-text#date-formatting: the reader's own zone and words. */
function date(time: Date): string {
  return `<!date^${unix(time)}^{date_short_pretty} at {time}|${utc(time)}>`;
}
