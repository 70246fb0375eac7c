import { type Json, points, unknownKeys } from "./json.ts";

/** Discord's documented limits, by hand. https://docs.discord.com/developers/resources/message#embed-object-embed-limits */

/** Code points with the ends trimmed, as Discord counts; 0 for anything that is not a text. */
const size = (value: unknown) => (typeof value === "string" ? points(value.trim()) : 0);

const KEYS = {
  payload: ["content", "embeds", "allowed_mentions", "username", "avatar_url", "thread_name"],
  embed: ["title", "url", "description", "color", "fields", "footer", "timestamp"],
  field: ["name", "value", "inline"],
  footer: ["text"],
} as const;

export function checkDiscord(body: string): string[] {
  const payload = JSON.parse(body) as Json;
  const problems = unknownKeys(KEYS.payload, payload);
  const embeds = (payload.embeds ?? []) as readonly Json[];
  if (payload.content !== undefined) problems.push(...within("content", payload.content, 2000));
  if (size(payload.content) === 0 && embeds.length === 0) problems.push("an empty message");
  if (embeds.length > 10) problems.push(`${embeds.length} embeds`);
  if (JSON.stringify(payload.allowed_mentions) !== '{"parse":[]}') problems.push("mentions are allowed");
  if (payload.thread_name !== undefined) problems.push(...within("thread_name", payload.thread_name, 100));
  let total = 0;
  for (const embed of embeds) {
    problems.push(...checkEmbed(embed));
    const fields = (embed.fields ?? []) as readonly Json[];
    total += size(embed.title) + size(embed.description) + size((embed.footer as Json | undefined)?.text);
    for (const field of fields) total += size(field.name) + size(field.value);
  }
  if (total > 6000) problems.push(`${total} characters in embeds`);
  const urls = embeds.map((embed) => embed.url).filter((url) => url !== undefined);
  if (new Set(urls).size !== urls.length) problems.push("embeds that would be merged");
  return problems;
}

function checkEmbed(embed: Json): string[] {
  const problems = unknownKeys(KEYS.embed, embed);
  problems.push(...within("title", embed.title, 256));
  if (embed.description !== undefined) problems.push(...within("description", embed.description, 4096));
  if (embed.url !== undefined) problems.push(...within("url", embed.url, 2048));
  const color = embed.color;
  if (!(Number.isInteger(color) && Number(color) >= 0 && Number(color) <= 16_777_215)) problems.push("not a colour");
  const fields = (embed.fields ?? []) as readonly Json[];
  if (fields.length > 25) problems.push(`${fields.length} fields`);
  for (const field of fields) {
    problems.push(
      ...unknownKeys(KEYS.field, field),
      ...within("name", field.name, 256),
      ...within("value", field.value, 1024),
    );
  }
  const footer = embed.footer as Json | undefined;
  if (footer !== undefined) problems.push(...unknownKeys(KEYS.footer, footer), ...within("footer", footer.text, 2048));
  const timestamp = embed.timestamp;
  if (timestamp !== undefined && new Date(String(timestamp)).toISOString() !== timestamp)
    problems.push("not a timestamp");
  return problems;
}

function within(what: string, value: unknown, limit: number): string[] {
  const length = size(value);
  if (length === 0) return [`${what} is empty`];
  return points(String(value)) > limit ? [`${what} has ${length}, limit ${limit}`] : [];
}
