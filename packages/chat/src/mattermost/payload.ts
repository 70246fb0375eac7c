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
