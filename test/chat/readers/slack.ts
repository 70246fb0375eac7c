/**
 * Reads a Slack payload as a client does, and tells what in it would ping or lead somewhere. Written from
 * https://docs.slack.dev/messaging/formatting-message-text and
 * https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, not from the formatter.
 */
interface Text {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}

interface Element {
  readonly type: string;
  readonly text?: string | Text;
  readonly url?: string;
  readonly style?: Readonly<Record<string, boolean>>;
  readonly elements?: readonly Element[];
  readonly fallback?: string;
}

interface Block {
  readonly type: string;
  readonly text?: Text;
  readonly elements?: readonly Element[];
}

interface Payload {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments?: readonly { readonly blocks: readonly Block[] }[];
}

const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/;
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
  for (const { type, text, elements = [] } of blocks) {
    if (type === "rich_text") harm.push(...elements.flatMap(readRich));
    else {
      if (text !== undefined) harm.push(...readText(text));
      for (const element of elements) {
        if (element.url !== undefined) links.push(element.url);
        harm.push(...readText(typeof element.text === "string" ? (element as Text) : (element.text as Text)));
      }
    }
  }
  return { harm, links };
}

/** Mentions, links and pictures are elements of their own there; a text is shown as it is, though a client may link it. */
function readRich({ type, elements = [] }: Element): string[] {
  return elements.flatMap((one) => {
    if (one.type === "date") return UTC.test(String(one.fallback)) ? [] : [`not a time: ${one.fallback}`];
    if (one.type !== "text") return [`a ${one.type} in rich text`];
    const text = String(one.text);
    // Nothing is linked in code, and no name becomes a picture.
    if (type === "rich_text_preformatted") return one.style === undefined ? [] : ["code with a style"];
    return [...addresses(text), ...(/(?<![\w:]):[a-z_'+-][\w'+-]*:/i.test(text) ? [`a picture in ${text}`] : [])];
  });
}

function readText({ type, text, verbatim }: Text): string[] {
  if (type === "plain_text") return [...controls(text), ...addresses(text)];
  if (verbatim !== true) return ["mrkdwn that is not verbatim"];
  // Ours, and nothing but a time.
  const date = /^<([^<>]*)>$/.exec(text);
  return date !== null && DATE.test(date[1] ?? "") ? [] : [`free mrkdwn: ${text}`];
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
