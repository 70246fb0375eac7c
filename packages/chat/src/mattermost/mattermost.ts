import { ConfigurationError } from "@countersign/core";
import { type ChatFormat, type ChatOptions, defineChatFormat } from "../format/chat-format.ts";
import { checkHost, checkOptions } from "../format/destination.ts";
import { heading, severityPrefix, sharedSource, visibleFields } from "../format/headline.ts";
import { linksWithin } from "../format/links.ts";
import type { Prepared, PreparedLink } from "../format/prepare.ts";
import type { PlatformRow, Writer } from "../format/writer.ts";
import { SEVERITIES } from "../message/severity.ts";
import { utc } from "../message/time.ts";
import { mattermostLine, mattermostPlain, mattermostText } from "../text/escape.ts";
import { codePoints } from "../text/measure.ts";
import { safeUrl } from "../text/url.ts";
import { judgeMattermost } from "./judge.ts";

export interface MattermostOptions extends ChatOptions {
  /** The name that the message is posted under, where the server allows it. */
  readonly username?: string;
  /** An image for it, where the server allows it. */
  readonly iconUrl?: string;
  /** Another channel than the webhook's own: its name in the URL, or `@` and a user's name. */
  readonly channel?: string;
}

/** https://developers.mattermost.com/integrate/webhooks/incoming/#parameters */
export interface MattermostPayload {
  text?: string;
  username?: string;
  icon_url?: string;
  channel?: string;
  attachments: MattermostAttachment[];
}

/** https://developers.mattermost.com/integrate/reference/message-attachments/ */
export interface MattermostAttachment {
  fallback: string;
  color: string;
  title: string;
  title_link?: string;
  text?: string;
  fields?: { title: string; value: string; short: boolean }[];
  footer?: string;
}

type Slot = "heading" | "fallback" | "title" | "linkedTitle" | "text" | "name" | "value" | "footer" | "label";

/** Counted in runes, which are code points. The text of a post may have 16,383, one attachment is kept well below. */
const ROW: PlatformRow<Slot> = {
  measure: codePoints,
  unit: "characters",
  slots: {
    heading: { limit: 1000, escape: mattermostLine, lines: true, elastic: false },
    fallback: { limit: 500, escape: mattermostPlain, elastic: false },
    title: { limit: 300, escape: mattermostLine, elastic: false },
    linkedTitle: { limit: 300, escape: mattermostPlain, elastic: false },
    text: { limit: 8000, escape: mattermostText, lines: true },
    name: { limit: 200, escape: mattermostPlain },
    value: { limit: 2000, escape: mattermostText, lines: true },
    // More is cut by the server, without a word.
    footer: { limit: 300, escape: mattermostPlain, elastic: false },
    label: { limit: 100, escape: mattermostLine, elastic: false },
  },
  maxFields: 25,
  maxEvents: 10,
  // Of the JSON: four bytes each stay below the 300,000 at which a request is refused.
  maxSize: 70_000,
};

/** What the addresses of one delivery may take: they cannot be shortened. */
const LINKS = 20_000;

/**
 * Mattermost incoming webhooks: an attachment with a colour bar, fields and a footer for each event.
 *
 * A Mattermost server stands on any host, so this format is always named, never guessed. Its Markdown, its Slack
 * syntax, mentions, hashtags and channel links are all stopped. What cannot be: the words that a user has chosen to be
 * notified of.
 *
 * Throws a `ConfigurationError` for unknown options, and from `destination` for a URL that is not an incoming webhook.
 *
 * @see https://developers.mattermost.com/integrate/webhooks/incoming/
 * @example
 * ```ts
 * import { mattermost } from "@countersign/chat";
 *
 * const format = mattermost({ channel: "town-square" });
 * const payload = format({ title: "Node created", severity: "warn" });
 * payload.attachments[0]?.color; // "#d9a400"
 * ```
 */
export function mattermost(options: MattermostOptions = {}): ChatFormat<MattermostPayload> {
  checkOptions("mattermost", options, ["username", "iconUrl", "channel"]);
  const { username, iconUrl, channel, origin } = options;
  if (iconUrl !== undefined && safeUrl(iconUrl) === undefined) {
    throw new ConfigurationError("iconUrl", "`iconUrl` is an http or https URL of at most 2000 characters.");
  }
  const identity = {
    ...(username === undefined ? {} : { username }),
    ...(iconUrl === undefined ? {} : { icon_url: iconUrl }),
    ...(channel === undefined ? {} : { channel }),
  };
  return defineChatFormat<Slot, MattermostPayload>(
    {
      platform: "mattermost",
      row: ROW,
      text: "text",
      // The server's own default, where limiting is switched on.
      rate: { requests: 10, per: 1000 },
      size: (payload) => codePoints(JSON.stringify(payload)),
      build,
      finish: (payload) => ({ ...payload, ...identity }),
      destination: (url) => destination(url, origin),
      judge: judgeMattermost,
    },
    options,
  );
}

function build(messages: readonly Prepared[], writer: Writer<Slot>, more: string): MattermostPayload {
  if (messages.length === 1)
    return { attachments: messages.map((message) => attachment(message, writer, "", message.source, LINKS)) };
  const shared = sharedSource(messages);
  const lines = [heading(messages, more), more].filter((line) => line !== "");
  return {
    text: writer.write("heading", "heading", lines.join("\n")),
    attachments: messages.map((message, index) =>
      attachment(message, writer, `messages[${index}].`, shared === "" ? message.source : "", LINKS / messages.length),
    ),
  };
}

function attachment(
  message: Prepared,
  writer: Writer<Slot>,
  path: string,
  source: string,
  room: number,
): MattermostAttachment {
  const { link, time, severity } = message;
  const links = linkLine(message.actions, room, writer, path);
  const text = message.text === "" ? "" : writer.write("text", `${path}text`, message.text);
  const body = [text, links].filter((part) => part !== "").join("\n\n");
  const { fields, note } = visibleFields(message, writer, path, 25);
  const written = fields.map((field, index) => ({
    title: writer.write("name", `${path}fields[${index}].name`, field.name),
    value:
      field.value instanceof Date
        ? utc(field.value)
        : writer.write("value", `${path}fields[${index}].value`, field.value),
    short: field.short,
  }));
  const footer = [source, time === undefined ? "" : utc(time), note].filter((part) => part !== "").join(" · ");
  return {
    fallback: writer.write("fallback", "", severityPrefix(severity) + message.title),
    color: `#${SEVERITIES[severity].color}`,
    // A title that has a link is shown as it is; without one it is Markdown.
    title: writer.write(link === undefined ? "title" : "linkedTitle", `${path}title`, message.title),
    ...(link === undefined ? {} : { title_link: link.url }),
    ...(body === "" ? {} : { text: body }),
    ...(written.length === 0 ? {} : { fields: written }),
    ...(footer === "" ? {} : { footer: writer.write("footer", `${path}source`, footer) }),
  };
}

/** Mattermost's buttons call a server back: what only leads somewhere is a link. */
function linkLine(links: readonly PreparedLink[], room: number, writer: Writer<Slot>, path: string): string {
  return linksWithin(
    links,
    room,
    writer,
    path,
    ({ label, url }, at) => `[${writer.write("label", `${at}.label`, label)}](${url})`,
  ).join(" · ");
}

function destination(url: URL, origin: string | undefined): URL {
  checkHost(url, "mattermost", origin);
  if (!/\/hooks\/[a-z0-9]{26}\/?$/.test(url.pathname)) {
    throw new ConfigurationError(
      "url",
      "A Mattermost webhook URL ends in /hooks/ and 26 letters and digits: copy it whole from the server's integrations.",
    );
  }
  const normal = new URL(url);
  normal.hash = "";
  return normal;
}
