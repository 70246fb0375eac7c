import type { Json } from "./json.ts";

/** Slack's documented limits, by hand. https://docs.slack.dev/reference/block-kit/blocks */

const KEYS: Readonly<Record<string, readonly string[]>> = {
  payload: ["text", "blocks", "attachments", "thread_ts", "unfurl_links", "unfurl_media"],
  attachment: ["color", "blocks"],
  header: ["type", "text", "block_id"],
  divider: ["type", "block_id"],
  rich_text: ["type", "elements", "block_id"],
  rich_text_section: ["type", "elements"],
  rich_text_preformatted: ["type", "elements", "border"],
  text: ["type", "text", "style"],
  style: ["bold", "italic", "strike", "code"],
  date: ["type", "timestamp", "format", "fallback"],
  actions: ["type", "elements", "block_id"],
  context: ["type", "elements", "block_id"],
  button: ["type", "text", "url", "action_id"],
  plain_text: ["type", "text", "emoji"],
  mrkdwn: ["type", "text", "verbatim"],
};

export function checkSlack(body: string): string[] {
  const payload = JSON.parse(body) as Json;
  const problems = unknownKeys("payload", payload);
  const text = payload.text;
  if (typeof text !== "string" || text.trim() === "") problems.push("no text");
  else if (text.length > 40_000) problems.push("text is over 40000");
  const attachments = (payload.attachments ?? []) as readonly Json[];
  if (attachments.length > 100) problems.push("too many attachments");
  for (const attachment of attachments) {
    problems.push(...unknownKeys("attachment", attachment));
    if (!/^(good|warning|danger|#[0-9a-f]{6})$/i.test(String(attachment.color))) problems.push("not a colour");
  }
  const blocks = [payload, ...attachments].flatMap((holder) => (holder.blocks ?? []) as readonly Json[]);
  if (blocks.length === 0 || blocks.length > 50) problems.push(`${blocks.length} blocks`);
  const texts: string[] = [];
  for (const block of blocks) problems.push(...checkBlock(block, texts));
  const total = texts.reduce((sum, one) => sum + one.length, 0);
  if (total > 12_000) problems.push(`${total} characters in blocks`);
  return problems;
}

function unknownKeys(kind: string, value: Json): string[] {
  return Object.keys(value)
    .filter((key) => !(KEYS[kind] ?? []).includes(key))
    .map((key) => `${kind} has ${key}`);
}

function checkBlock(block: Json, texts: string[]): string[] {
  const type = String(block.type);
  const problems = unknownKeys(type, block);
  const objects = (key: string) => (block[key] ?? []) as readonly Json[];
  if (type === "header") problems.push(...checkText(block.text as Json, 150, ["plain_text"], texts));
  else if (type === "rich_text") {
    if (objects("elements").length === 0) problems.push("an empty rich_text");
    for (const element of objects("elements")) problems.push(...checkRich(element, texts));
  } else if (type === "context") {
    if (objects("elements").length < 1 || objects("elements").length > 10) problems.push("context elements");
    for (const element of objects("elements"))
      problems.push(...checkText(element, 3000, ["plain_text", "mrkdwn"], texts));
  } else if (type === "actions") {
    const elements = objects("elements");
    if (elements.length < 1 || elements.length > 25) problems.push("actions elements");
    const ids = elements.map((element) => element.action_id);
    if (new Set(ids).size !== ids.length) problems.push("an action_id twice");
    for (const element of elements) problems.push(...checkButton(element, texts));
  } else if (type !== "divider") problems.push(`a block of type ${type}`);
  return problems;
}

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
function checkRich(element: Json, texts: string[]): string[] {
  const type = String(element.type);
  const problems = unknownKeys(type, element);
  const inner = (element.elements ?? []) as readonly Json[];
  if (!["rich_text_section", "rich_text_preformatted"].includes(type)) problems.push(`a rich text of type ${type}`);
  if (inner.length === 0) problems.push(`an empty ${type}`);
  for (const one of inner) {
    problems.push(...unknownKeys(String(one.type), one), ...unknownKeys("style", (one.style ?? {}) as Json));
    if (one.type === "date" && type === "rich_text_section") {
      if (!Number.isSafeInteger(one.timestamp) || !/\{(?:date|time)/.test(String(one.format))) problems.push("a date");
      texts.push(String(one.fallback));
    } else if (one.type === "text") problems.push(...checkText(one, 3000, ["text"], texts));
    else problems.push(`${String(one.type)} in ${type}`);
  }
  return problems;
}

function checkButton(button: Json, texts: string[]): string[] {
  const url = String(button.url);
  return [
    ...unknownKeys("button", button),
    ...checkText(button.text as Json, 75, ["plain_text"], texts),
    ...(url.length <= 3000 && /^https?:\/\//.test(url) ? [] : ["a button's url"]),
    ...(String(button.action_id).length <= 255 ? [] : ["a long action_id"]),
  ];
}

function checkText(object: Json, limit: number, types: readonly string[], texts: string[]): string[] {
  const { type, text, verbatim } = object;
  const problems = unknownKeys(String(type), object);
  if (!types.includes(String(type))) problems.push(`${String(type)} where ${types.join(" or ")} belongs`);
  if (typeof text !== "string" || text.length < 1 || text.length > limit)
    problems.push(`a text of ${String(text).length}, limit ${limit}`);
  if (type === "mrkdwn" && verbatim !== true) problems.push("mrkdwn that is not verbatim");
  texts.push(String(text));
  return problems;
}
