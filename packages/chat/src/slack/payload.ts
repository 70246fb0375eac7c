/** The part of Slack's message format that the formatter writes. https://docs.slack.dev/reference/block-kit/blocks */
export interface SlackPayload {
  /** The notification and what screen readers read; not shown where there are blocks. */
  text: string;
  blocks: SlackBlock[];
  attachments?: SlackAttachment[];
  thread_ts?: string;
  unfurl_links: boolean;
  unfurl_media: boolean;
}

/** Slack's only colour: a bar beside an attachment. */
export interface SlackAttachment {
  color: string;
  blocks: SlackBlock[];
}

export type SlackBlock = SlackHeaderBlock | SlackSectionBlock | SlackActionsBlock | SlackContextBlock;

export interface SlackHeaderBlock {
  type: "header";
  text: SlackPlainText;
}

export interface SlackSectionBlock {
  type: "section";
  text?: SlackPlainText | SlackMrkdwn;
  fields?: (SlackPlainText | SlackMrkdwn)[];
}

export interface SlackActionsBlock {
  type: "actions";
  elements: SlackButton[];
}

export interface SlackContextBlock {
  type: "context";
  elements: (SlackPlainText | SlackMrkdwn)[];
}

export interface SlackButton {
  type: "button";
  text: SlackPlainText;
  url: string;
  action_id: string;
}

export interface SlackPlainText {
  type: "plain_text";
  text: string;
  emoji: boolean;
}

export interface SlackMrkdwn {
  type: "mrkdwn";
  text: string;
  /** Nothing becomes a link by itself. */
  verbatim: true;
}
