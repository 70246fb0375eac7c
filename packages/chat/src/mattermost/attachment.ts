import { announced, visibleFields } from "../format/headline.ts";
import { linksWithin } from "../format/links.ts";
import type { PreparedLink, PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import { SEVERITIES, said } from "../message/severity.ts";
import { utc } from "../message/time.ts";
import type { MattermostSlot } from "./limits.ts";
import type { MattermostAttachment } from "./payload.ts";

/** One event as an attachment. `room` is what the addresses of its links may take, in characters. */
export function mattermostAttachment(
  message: PreparedMessage,
  writer: Writer<MattermostSlot>,
  source: string,
  room: number,
): MattermostAttachment {
  const { link, time, severity, path } = message;
  const links = linkLine(message.actions, room, writer, path);
  const text = message.text === "" ? "" : writer.write("text", `${path}text`, message.text);
  const body = [text, links].filter((part) => part !== "").join("\n\n");
  const { fields, note } = visibleFields(message, writer, 25);
  const written = fields.map((field, index) => ({
    title: writer.write("name", `${path}fields[${index}].name`, field.name),
    value:
      field.value instanceof Date
        ? utc(field.value)
        : writer.write("value", `${path}fields[${index}].value`, field.value),
    short: field.short,
  }));
  const footer = [said(severity), source, time === undefined ? "" : utc(time), note]
    .filter((part) => part !== "")
    .join(" · ");
  return {
    // All that a phone shows of an event that comes alone.
    fallback: writer.write("fallback", "", source === "" ? announced(message) : `${announced(message)} (${source})`),
    color: `#${SEVERITIES[severity].color}`,
    // A title that has a link is shown as it is; without one it is Markdown.
    title: writer.write(link === undefined ? "title" : "linkedTitle", `${path}title`, message.title),
    ...(link === undefined ? {} : { title_link: link.url }),
    ...(body === "" ? {} : { text: body }),
    ...(written.length === 0 ? {} : { fields: written }),
    footer: writer.write("footer", `${path}source`, footer),
  };
}

/** Mattermost's buttons call a server back: what only leads somewhere is a link. */
function linkLine(links: readonly PreparedLink[], room: number, writer: Writer<MattermostSlot>, path: string): string {
  return linksWithin(
    links,
    room,
    writer,
    path,
    ({ label, url }, at) => `[${writer.write("label", `${at}.label`, label)}](${url})`,
  ).join(" · ");
}
