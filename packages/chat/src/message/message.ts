import type { WebhookEvent } from "@countersign/core/event";
import type { MessageSeverity } from "./severity.ts";

/**
 * What an event says to a person, before any platform has a say in how it looks.
 *
 * Every string is plain text from someone who is not trusted: markup in it is shown, not obeyed, and no address in it
 * becomes a link. Links come from `link` and `actions` alone. The one thing that is read in `text` is the fence: lines
 * between two lines of three backticks are code.
 *
 * @example
 * ```ts
 * import { type Message, slack } from "@countersign/chat";
 *
 * const message: Message = {
 *   title: "Disk almost full",
 *   text: "/var has 2 GB left.",
 *   severity: "warn",
 *   fields: [{ name: "Host", value: "db-1" }, { name: "Since", value: new Date(0) }],
 *   link: { label: "Open the dashboard", url: "https://status.example.com/db-1" },
 *   source: "Monitoring",
 * };
 * const payload = slack()(message);
 * ```
 */
export interface Message {
  /** One line that says what happened. Line breaks become spaces. */
  readonly title: string;
  /** More about it, in plain paragraphs and fenced code. */
  readonly text?: string;
  /** Shown as a sign and a word, and as the colour where a platform has one. `"ok"` is for good news. @default "info" */
  readonly severity?: MessageSeverity;
  /** What kind of thing happened, without its object: messages of one kind share a line where a batch is too large. @default the title */
  readonly kind?: string;
  /** The person, machine or host that it happened to: what names the event in such a line. */
  readonly subject?: string;
  /** Facts as name and value, most telling first. Those without a visible value are left out. */
  readonly fields?: readonly Field[];
  /** Where the message leads. Left out unless it is a plain http or https address. */
  readonly link?: Link;
  /** When it happened: milliseconds since the epoch, a Date or an RFC 3339 string. */
  readonly time?: number | Date | string;
  /** Who says so: `"Tailscale · example.com"`. */
  readonly source?: string;
  /** What only one platform knows: appended to its payload as it is. @default none */
  readonly raw?: RawParts;
  /** More links, as buttons where the platform has them. At most five are shown. */
  readonly actions?: readonly Link[];
}

/**
 * Parts in a platform's own words, behind everything else. Nothing in them is checked or escaped: they must be yours,
 * not an event's. What there is no room for is left out whole, and reported as a cut.
 */
export interface RawParts {
  /** Blocks, behind the message's own. https://docs.slack.dev/reference/block-kit/blocks */
  readonly slack?: readonly object[];
  /** Embeds. https://docs.discord.com/developers/resources/message#embed-object */
  readonly discord?: readonly object[];
  /** Attachments. https://developers.mattermost.com/integrate/reference/message-attachments/ */
  readonly mattermost?: readonly object[];
  /** Widgets, as a section of their own. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards#widget */
  readonly googlechat?: readonly object[];
}

/** One fact of an event, in two columns or in a row of its own. */
export interface Field {
  /** One line, as plain text. @default `"Value"` where nothing visible is in it */
  readonly name: string;
  /** Plain text, with lines; a Date is shown in the reader's own zone where the platform can (Slack, Discord), else in UTC. */
  readonly value: string | number | boolean | Date;
  /** `false` gives the value a row of its own. @default true for values of up to 40 characters */
  readonly short?: boolean;
}

/** An address that the reader may follow. */
export interface Link {
  /** http or https, to a host name or IP address, without a user name, at most 2000 characters; else left out and reported as a cut. */
  readonly url: string;
  /** What the reader sees. @default `Open` and the host's name, so that the label cannot lie. */
  readonly label?: string;
}

/** Turns one event into what is said about it: one message, several when it carries several events, or none. */
export type Renderer<Event = WebhookEvent> = (event: Event) => Message | readonly Message[];
