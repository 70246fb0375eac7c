import { type Table, table } from "@countersign/core/checks";
import type { Format, WebhookEvent } from "@countersign/core/event";

/** The chats whose incoming webhooks can be told by their URL. Mattermost is anywhere. */
const URLS: Table<RegExp> = table({
  slack: /^https:\/\/hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\//,
  discord: /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\//,
  googlechat: /^https:\/\/chat\.googleapis\.com\/v1\/spaces\//,
});

/** The chat that a URL belongs to, among some. */
export function chatOf<Chat extends string>(url: string, among: readonly Chat[]): Chat | undefined {
  return among.find((chat) => URLS[chat]?.test(url));
}

/** A format that is given other data than the event's own; all else is as it was, its threads too. */
export function withData(format: Format, dataOf: (event: WebhookEvent) => unknown): Format {
  const changed = (event: WebhookEvent): WebhookEvent => ({ ...event, data: dataOf(event) });
  return {
    platform: format.platform,
    contentType: format.contentType,
    rate: format.rate,
    destination: (url) => format.destination(url),
    judge: (response) => format.judge(response),
    messages: (events, context) => format.messages(events.map(changed), context),
    ...(format.group === undefined ? {} : { group: (event: WebhookEvent) => format.group?.(changed(event)) ?? "" }),
  };
}
