/** The part of Slack's message that the formatter writes. https://docs.slack.dev/reference/block-kit/blocks */
export interface SlackPayload {
  /** The notification, and what screen readers read: at most 2000 of Slack's 40,000 characters. Not shown beside blocks. */
  text: string;
  /** The title, and what has no colour beside it. At most 50 blocks, those of the attachments included. */
  blocks: SlackBlock[];
  /** Text, fields and buttons of each event, beside a bar in the colour of its severity. */
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
  /** What stands beside the bar: at most six blocks of one event among several. */
  blocks: SlackBlock[];
}

/** The four kinds of block that the formatter writes. */
export type SlackBlock = SlackHeaderBlock | SlackSectionBlock | SlackActionsBlock | SlackContextBlock;

/** A title. https://docs.slack.dev/reference/block-kit/blocks/header-block */
export interface SlackHeaderBlock {
  type: "header";
  /** At most 150 characters. */
  text: SlackPlainText;
}

/** A paragraph, or names and values in two columns. https://docs.slack.dev/reference/block-kit/blocks/section-block */
export interface SlackSectionBlock {
  type: "section";
  /** At most 3000 characters. */
  text?: SlackPlainText | SlackMrkdwn;
  /** Name, value, name, value …: at most ten texts of 2000 characters. */
  fields?: (SlackPlainText | SlackMrkdwn)[];
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

/** Slack's markup. The formatter writes nothing in it but times, bold names of letters and digits, and fenced code. */
export interface SlackMrkdwn {
  type: "mrkdwn";
  /** A time, a bold name or a fence, and nothing of an event's outside of the fence. */
  text: string;
  /** Nothing becomes a link or a mention by itself. */
  verbatim: true;
}
