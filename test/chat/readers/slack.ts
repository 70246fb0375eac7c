/**
 * Reads a Slack payload as a client does, and tells what in it would ping or lead somewhere. Written from
 * https://docs.slack.dev/messaging/formatting-message-text, not from the formatter.
 */
interface Text {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}

interface Block {
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly (Text & { readonly url?: string })[];
}

interface Payload {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments?: readonly { readonly blocks: readonly Block[] }[];
}

const DATE = /^!date\^\d{1,12}\^\{date_short_pretty\} at \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC$/;

/** Everything that an event should not have been able to say. */
export function readSlack(body: string): { harm: string[]; links: string[] } {
  const payload = JSON.parse(body) as Payload & Record<string, unknown>;
  const harm: string[] = [];
  const links: string[] = [];
  if ("link_names" in payload || "parse" in payload) harm.push("names are linked");
  // The notification is mrkdwn whose linking cannot be switched off.
  harm.push(...controls(payload.text), ...addresses(payload.text));
  if (/(?<![\p{L}\p{N}\u200b])[*_~`](?=\S)/u.test(payload.text)) harm.push(`markup in ${payload.text}`);
  const blocks = [payload, ...(payload.attachments ?? [])].flatMap((holder) => holder.blocks);
  for (const block of blocks) {
    for (const text of [...(block.text ? [block.text] : []), ...(block.fields ?? []), ...(block.elements ?? [])]) {
      if ("url" in text && typeof text.url === "string") links.push(text.url);
      harm.push(...readText(typeof text.text === "string" ? text : (text as unknown as { text: Text }).text));
    }
  }
  return { harm, links };
}

function readText({ type, text, verbatim }: Text): string[] {
  if (type === "plain_text") return [...controls(text), ...addresses(text)];
  if (verbatim !== true) return ["mrkdwn that is not verbatim"];
  // Ours: a time, a bold label of nothing but letters, or one code block.
  const date = /^<([^<>]*)>$/.exec(text);
  if (date !== null) return DATE.test(date[1] ?? "") ? [] : [`not a time: ${text}`];
  if (/^\*[\p{L}\p{N}][\p{L}\p{N} .-]*\*$/u.test(text)) return [];
  const code = /^```\n([\s\S]*)\n```$/.exec(text);
  if (code === null) return [`free mrkdwn: ${text}`];
  return [
    ...controls(code[1] ?? ""),
    ...schemes(code[1] ?? ""),
    ...((code[1] ?? "").includes("```") ? ["code that ends early"] : []),
  ];
}

/** `<…>` is the only way to a mention or a labelled link, and `&` must begin one of three entities. */
function controls(text: string): string[] {
  return [
    ...(/[<>]/.test(text) ? [`a control sequence in ${text}`] : []),
    ...(/&(?!amp;|lt;|gt;)/.test(text) ? [`a bare ampersand in ${text}`] : []),
  ];
}

const schemes = (text: string) => (/[a-z][a-z\d.+-]*:\/\//i.test(text) ? [`an address in ${text}`] : []);

function addresses(text: string): string[] {
  const found = /[\p{L}\p{N}_-]\.\p{L}{2,}|[^\s@\u200b]@[\p{L}\p{N}]|\bmailto:[^\s\u200b]/iu.test(text);
  return [...schemes(text), ...(found ? [`an address in ${text}`] : [])];
}
