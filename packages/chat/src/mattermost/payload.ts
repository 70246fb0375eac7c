/** The part of Mattermost's message that the formatter writes. https://developers.mattermost.com/integrate/webhooks/incoming/#parameters */
export interface MattermostPayload {
  /** Above the attachments, in Markdown, where there are several events: at most 1000 of the server's 16,383 characters. */
  text?: string;
  /** The name to post under instead of the webhook's, where the server allows it. */
  username?: string;
  /** The address of the image to post under instead of the webhook's, where the server allows it. */
  icon_url?: string;
  /** Another channel than the webhook's, or `@` and a user's name. */
  channel?: string;
  /** One for each event, at most ten. */
  attachments: MattermostAttachment[];
}

/** One event beside a bar in the colour of its severity. https://developers.mattermost.com/integrate/reference/message-attachments/ */
export interface MattermostAttachment {
  /** What notifications show, without Markdown: at most 500 characters. */
  fallback: string;
  /** `#` and six hexadecimal digits. */
  color: string;
  /** At most 300 characters: Markdown where there is no `title_link`, else shown as it is. */
  title: string;
  /** http or https, at most 2000 characters: makes a link of the title. */
  title_link?: string;
  /** Text and further links in Markdown, at most 8000 characters and what the links take. */
  text?: string;
  /** Facts, at most 25. */
  fields?: {
    /** Shown as it is, at most 200 characters. */
    title: string;
    /** Markdown, at most 2000 characters. */
    value: string;
    /** Whether it may share its row with another. */
    short: boolean;
  }[];
  /** Severity, source, time and what is not shown: at most 300 characters, at which the server cuts. */
  footer?: string;
}
