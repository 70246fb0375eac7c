/**
 * Reads Discord's Markdown as its clients do, character by character with their escapes and code, and tells what in it
 * would mention, link or change the layout.
 */
interface Payload {
  readonly content?: string;
  readonly embeds: readonly {
    readonly title: string;
    readonly url?: string;
    readonly description?: string;
    readonly fields?: readonly { readonly name: string; readonly value: string }[];
    readonly footer?: { readonly text: string };
  }[];
  readonly allowed_mentions: { readonly parse: readonly string[] };
}

export function readDiscord(body: string): { harm: string[]; links: string[] } {
  const payload = JSON.parse(body) as Payload;
  const harm: string[] = payload.allowed_mentions.parse.length === 0 ? [] : ["mentions are allowed"];
  const links: string[] = [];
  const read = (text: string | undefined) => {
    const found = readMarkdown(text ?? "");
    harm.push(...found.harm);
    links.push(...found.links);
  };
  read(payload.content);
  for (const embed of payload.embeds) {
    if (embed.url !== undefined) links.push(embed.url);
    read(embed.title);
    read(embed.description);
    for (const { name, value } of embed.fields ?? []) {
      read(name);
      if (!/^<t:\d{1,12}:f>$/.test(value)) read(value);
    }
    harm.push(...special(embed.footer?.text ?? ""), ...addresses(embed.footer?.text ?? ""));
  }
  return { harm, links };
}

/** Mentions, timestamps, emoji, slash commands and guild links all begin with `<` and one of these. */
function special(text: string): string[] {
  const found = /<(@[!&]?\d|#\d|a?:\w+:\d|t:-?\d|id:|\/\w|sound:|https?:)|@(everyone|here)/i.exec(text);
  return found === null ? [] : [`${found[0]} in ${text}`];
}

const addresses = (text: string) => (/\b[a-z]+:\/\//i.test(text) ? [`an address in ${text}`] : []);

function readMarkdown(text: string): { harm: string[]; links: string[] } {
  const links: string[] = [];
  // Code first: nothing in it is read, and it must end where we ended it.
  const prose = text.replace(/^```\n([\s\S]*?)\n```$/gm, (_, code: string) => {
    if (code.includes("```")) harm.push(`code that ends early: ${text}`);
    return "";
  });
  const harm = special(prose);
  // Then labelled links: an unescaped bracket, a label, an address.
  const rest = prose.replace(
    /(?<!\\)(?:\\\\)*\[((?:\\.|[^\\[\]])*)\]\(([^()\s]*)\)/g,
    (_, _label: string, url: string) => {
      links.push(url);
      return "";
    },
  );
  harm.push(...addresses(rest));
  const unescaped = rest.replace(/\\[^0-9A-Za-z\s]/g, "x");
  const markup = /[*_~`|<[\]]/.exec(unescaped);
  if (markup !== null) harm.push(`${markup[0]} is free in ${text}`);
  const shown = rest.replace(/\\([^0-9A-Za-z\s])/g, "$1");
  const emoji = /(?<![\da-f:]):[\w+'-]+:/i.exec(shown);
  if (emoji !== null) harm.push(`${emoji[0]} becomes a picture in ${text}`);
  const line = /^\s*(#{1,3} |-# |>{1,3} |[-+*] |\d+[.)] )/m.exec(unescaped);
  if (line !== null) harm.push(`${line[0]} begins a line of ${text}`);
  return { harm, links };
}
