import { type Json, points, unknownKeys } from "./json.ts";

/** The rules that Mattermost checks, and those that it has announced to check. */

const PAYLOAD = ["text", "username", "icon_url", "icon_emoji", "channel", "attachments", "props", "priority"];
const ATTACHMENT = [
  "fallback",
  "color",
  "pretext",
  "author_name",
  "author_link",
  "title",
  "title_link",
  "text",
  "fields",
  "image_url",
  "thumb_url",
  "footer",
];

export function checkMattermost(body: string): string[] {
  const payload = JSON.parse(body) as Json;
  const problems = unknownKeys(PAYLOAD, payload);
  const attachments = (payload.attachments ?? []) as readonly Json[];
  if (Buffer.byteLength(body) > 300_000) problems.push(`${Buffer.byteLength(body)} bytes`);
  if (payload.text === undefined && attachments.length === 0) problems.push("an empty message");
  if (payload.text !== undefined && points(String(payload.text)) > 16_383) problems.push("the text would be split");
  if (points(JSON.stringify({ attachments })) > 760_000) problems.push("props are too long");
  for (const attachment of attachments) problems.push(...checkAttachment(attachment));
  return problems;
}

function checkAttachment(attachment: Json): string[] {
  const problems = unknownKeys(ATTACHMENT, attachment);
  for (const [key, value] of Object.entries(attachment)) {
    if (key !== "fields" && (typeof value !== "string" || value === "")) problems.push(`${key} is not a text`);
  }
  if (!/^(good|warning|danger|#[0-9a-fA-F]{6})$/.test(String(attachment.color))) problems.push("not a colour");
  const url = (key: string, needs?: string) => {
    const value = attachment[key];
    if (value === undefined) return;
    if (needs !== undefined && attachment[needs] === undefined) problems.push(`${key} without ${needs}`);
    if (!/^https?:\/\/[^/]/.test(String(value))) problems.push(`${key} is not an address`);
  };
  url("title_link", "title");
  url("author_link", "author_name");
  url("image_url");
  url("thumb_url");
  if (points(String(attachment.footer ?? "")) > 300) problems.push("the footer would be cut");
  for (const field of (attachment.fields ?? []) as readonly Json[]) {
    problems.push(...unknownKeys(["title", "value", "short"], field));
    if (typeof field.title !== "string" || typeof field.value !== "string" || typeof field.short !== "boolean") {
      problems.push("a field of the wrong kind");
    }
  }
  return problems;
}
