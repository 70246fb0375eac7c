import { visibleFields } from "../format/headline.ts";
import { allLinks, linksWithin } from "../format/links.ts";
import type { PreparedLink, PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import { SEVERITIES, said } from "../message/severity.ts";
import { unix } from "../message/time.ts";
import { codePoints } from "../text/measure.ts";
import type { DiscordSlot } from "./limits.ts";
import type { DiscordEmbed, DiscordField } from "./payload.ts";

/** What links may take of a description, with their labels. */
const LINKS = 1500;

/** One event as an embed. `taken` holds the addresses that titles lead to already. */
export function discordEmbed(
  message: PreparedMessage,
  writer: Writer<DiscordSlot>,
  taken: Set<string>,
  most: number,
): DiscordEmbed {
  const { link, time, path } = message;
  const leads = link !== undefined && !taken.has(link.url);
  if (leads) taken.add(link.url);
  const links = linkLine(leads ? message.actions : allLinks(message), writer, path);
  const reserve = links === "" ? 0 : codePoints(links) + 1;
  const text = message.text === "" ? "" : writer.write("text", `${path}text`, message.text, reserve);
  const description = [text, links].filter((part) => part !== "").join("\n");
  const { fields, note } = visibleFields(message, writer, most);
  const written = fields.flatMap((field, index): DiscordField[] => {
    const name = writer.write("name", `${path}fields[${index}].name`, field.name);
    const value =
      field.value instanceof Date
        ? `<t:${unix(field.value)}:f>`
        : writer.write("value", `${path}fields[${index}].value`, field.value);
    // Discord refuses the whole message for one empty field.
    return name.trim() === "" || value.trim() === "" ? [] : [{ name, value, inline: field.short }];
  });
  const by = [said(message.severity), message.source, note].filter((part) => part !== "").join(" · ");
  return {
    title: writer.write("title", `${path}title`, message.title),
    ...(leads ? { url: link.url } : {}),
    ...(description === "" ? {} : { description }),
    color: Number.parseInt(SEVERITIES[message.severity].color, 16),
    ...(written.length === 0 ? {} : { fields: written }),
    footer: { text: writer.write("note", `${path}source`, by) },
    ...(time === undefined ? {} : { timestamp: time.toISOString() }),
  };
}

/** Links in a row, as many as there is room for. */
function linkLine(links: readonly PreparedLink[], writer: Writer<DiscordSlot>, path: string): string {
  return linksWithin(
    links,
    LINKS,
    writer,
    path,
    ({ label, url }, at) => `[${writer.write("label", `${at}.label`, label)}](${url})`,
  ).join(" · ");
}
