/** The part of Slack's message that the formatter writes. https://docs.slack.dev/reference/block-kit/blocks */
export interface SlackPayload {
  /** The notification, and what screen readers read: at most 2000 of Slack's 40,000 characters. Not shown beside blocks. */
  text: string;
  /** The title, and all else unless `colorBar` asks for attachments. At most 50 blocks, those of the attachments included. */
  blocks: SlackBlock[];
  /** With `colorBar`: text, fields and buttons of each event, beside a bar in the colour of its severity. */
  attachments?: SlackAttachment[];
  /** Seconds and a serial number, `1663782000.123456`: posts into the thread of the message that has this `ts`. */
  thread_ts?: string;
  /** Always `false`: no preview of an address. */
  unfurl_links: boolean;
  /** Always `false`: no preview of an image or video. */
  unfurl_media: boolean;
}

/** Slack's only colour: a bar beside blocks. https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments */
export interface SlackAttachment {
  /** `#` and six hexadecimal digits. */
  color: string;
  /** What stands beside the bar: at most five blocks of one event among several. */
  blocks: SlackBlock[];
}

/** What the formatter writes; raw parts may be any other kind of block. */
export type SlackBlock =
  | SlackHeaderBlock
  | SlackDividerBlock
  | SlackRichTextBlock
  | SlackActionsBlock
  | SlackContextBlock;

/** A title. https://docs.slack.dev/reference/block-kit/blocks/header-block */
export interface SlackHeaderBlock {
  type: "header";
  /** At most 150 characters. */
  text: SlackPlainText;
}

/** A line between two events. https://docs.slack.dev/reference/block-kit/blocks/divider-block */
export interface SlackDividerBlock {
  type: "divider";
}

/**
 * Text as Slack's own composer writes it: nothing in it is read as markup, and nothing has to be escaped.
 * https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export interface SlackRichTextBlock {
  type: "rich_text";
  /** Paragraphs and code in their order, or a line for each field. */
  elements: (SlackRichTextSection | SlackRichTextPreformatted)[];
}

/** A paragraph. https://docs.slack.dev/reference/block-kit/block-elements/rich-text-section-element */
export interface SlackRichTextSection {
  type: "rich_text_section";
  /** One text of the event; for a field its name in bold, and behind it its value or time. */
  elements: (SlackRichText | SlackRichDate)[];
}

/** Code. https://docs.slack.dev/reference/block-kit/block-elements/rich-text-preformatted-element */
export interface SlackRichTextPreformatted {
  type: "rich_text_preformatted";
  /** One text with all of its lines; nothing in it has been escaped or broken. */
  elements: SlackRichText[];
}

/** A run of text. https://docs.slack.dev/reference/block-kit/block-elements/rich-text-section-element#text-element-type */
export interface SlackRichText {
  type: "text";
  /** At most 3000 characters, shown as they are. */
  text: string;
  /** Bold for the names of fields, and otherwise left out. */
  style?: { bold: true };
}

/** A time in the reader's zone. https://docs.slack.dev/reference/block-kit/block-elements/rich-text-section-element#date-element-type */
export interface SlackRichDate {
  type: "date";
  /** Whole seconds since the epoch. */
  timestamp: number;
  /** In Slack's words for times: `{date_short_pretty} at {time}`. */
  format: string;
  /** The same in UTC, for clients that cannot show it. */
  fallback: string;
}

/** A row of buttons. https://docs.slack.dev/reference/block-kit/blocks/actions-block */
export interface SlackActionsBlock {
  type: "actions";
  /** At most six of Slack's 25: the link and five actions. */
  elements: SlackButton[];
}

/** Small print: the source, the time, what is not shown. https://docs.slack.dev/reference/block-kit/blocks/context-block */
export interface SlackContextBlock {
  type: "context";
  /** Severity, source and what is not shown; then the time in the reader's zone. */
  elements: (SlackPlainText | SlackMrkdwn)[];
}

/** A button that leads to an address. https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export interface SlackButton {
  type: "button";
  /** At most 75 characters. */
  text: SlackPlainText;
  /** http or https, at most 2000 of Slack's 3000 characters. */
  url: string;
  /** `link-0` and so on, once in a block. */
  action_id: string;
}

/** Text in which no markup is read. https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export interface SlackPlainText {
  type: "plain_text";
  /** Shown character by character: only `&`, `<` and `>` are written as entities. */
  text: string;
  /** Always `false`: `:name:` stays as it is. */
  emoji: boolean;
}

/** Slack's markup. The formatter writes nothing in it but a time. */
export interface SlackMrkdwn {
  type: "mrkdwn";
  /** `<!date^…>`: the time in the reader's zone. */
  text: string;
  /** Nothing becomes a link or a mention by itself. */
  verbatim: true;
}
