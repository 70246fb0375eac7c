import { type Table, table } from "@countersign/core/checks";

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
