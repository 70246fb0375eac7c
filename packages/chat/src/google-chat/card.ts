import type { Overview } from "../format/arrange.ts";
import { announced, heading, visibleFields } from "../format/headline.ts";
import { allLinks, linksWithin } from "../format/links.ts";
import type { PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import { said } from "../message/severity.ts";
import { utc } from "../message/time.ts";
import type { GoogleChatSlot } from "./limits.ts";
import type { GoogleCard, GoogleSection, GoogleWidget } from "./payload.ts";

/** What the addresses of one request may take, in bytes: they cannot be shortened, so they must leave room. */
const LINKS = 12_000;

/** One card for one request: a single event is the card, several are its sections. */
export function googleCard(
  messages: readonly PreparedMessage[],
  writer: Writer<GoogleChatSlot>,
  overview: Overview,
): GoogleCard {
  const [only] = messages;
  if (only !== undefined && overview.total === 1) {
    // Cards have no colour: the severity is a sign and a word.
    const subtitle = [said(only.severity), only.source].filter((part) => part !== "").join(" · ");
    const sections = single(only, writer);
    return {
      header: {
        title: writer.write("title", "title", only.title),
        subtitle: writer.write("subtitle", "source", subtitle),
      },
      ...(sections.length === 0 ? {} : { sections }),
    };
  }
  const { more } = overview;
  const sections = messages.map((message): GoogleSection => {
    const head = writer.write("sectionTitle", `${message.path}title`, announced(message));
    // Ten sections of at most 9 widgets, and one for the rest, stay below the 100 of a card.
    const source = overview.source === "" ? message.source : "";
    const widgets = [...body(message, writer, 5), ...end(message, writer, source, LINKS / messages.length)];
    // A section without a widget is refused.
    return { header: head, widgets: widgets.length === 0 ? [paragraph(said(message.severity))] : widgets };
  });
  if (more !== "") sections.push({ widgets: [paragraph(writer.write("more", "more", more))] });
  return {
    header: {
      title: writer.write("title", "heading", heading(overview)),
      subtitle: said(messages[0]?.severity ?? "info"),
    },
    sections,
  };
}

const paragraph = (text: string): GoogleWidget => ({ textParagraph: { text } });

function single(message: PreparedMessage, writer: Writer<GoogleChatSlot>): GoogleSection[] {
  const groups = [body(message, writer, 40), end(message, writer, "", LINKS)];
  return groups.filter((widgets) => widgets.length > 0).map((widgets) => ({ widgets }));
}

function body(message: PreparedMessage, writer: Writer<GoogleChatSlot>, most: number): GoogleWidget[] {
  const { path } = message;
  const widgets: GoogleWidget[] = [];
  if (message.text !== "") {
    const text = writer.write("text", `${path}text`, message.text);
    if (text !== "") widgets.push(paragraph(text));
  }
  const { fields, note } = visibleFields(message, writer, most);
  fields.forEach((field, index) => {
    const at = `${path}fields[${index}]`;
    const topLabel = writer.write("name", `${at}.name`, field.name);
    const text = field.value instanceof Date ? utc(field.value) : writer.write("value", `${at}.value`, field.value);
    if (text !== "") widgets.push({ decoratedText: { topLabel, text, wrapText: true } });
  });
  if (note !== "") widgets.push(paragraph(note));
  return widgets;
}

/** When it happened, and where to go. */
function end(message: PreparedMessage, writer: Writer<GoogleChatSlot>, source: string, room: number): GoogleWidget[] {
  const { path } = message;
  const widgets: GoogleWidget[] = [];
  if (source !== "") widgets.push(paragraph(writer.write("sectionTitle", `${path}source`, source)));
  if (message.time !== undefined)
    widgets.push({ decoratedText: { topLabel: "Time", text: utc(message.time), wrapText: true } });
  const buttons = linksWithin(allLinks(message), room, writer, path, ({ label, url }, at) => ({
    text: writer.write("button", `${at}.label`, label),
    onClick: { openLink: { url } },
  }));
  if (buttons.length > 0) widgets.push({ buttonList: { buttons } });
  return widgets;
}
