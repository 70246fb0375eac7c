/**
 * Reads a Mattermost payload as server and client do, in their order: Slack's syntax is rewritten, Markdown is read,
 * and only then mentions, hashtags, channels, mail addresses are looked for in what is left. The rules are those of
 * server/channels/app (slack.go, notification.go, mention_parser_standard.go) and of the web app's Markdown.
 */
interface Payload {
  readonly text?: string;
  readonly attachments: readonly {
    readonly fallback: string;
    readonly title: string;
    readonly title_link?: string;
    readonly text?: string;
    readonly fields?: readonly { readonly title: string; readonly value: string }[];
    readonly footer?: string;
  }[];
}

export function readMattermost(body: string): { harm: string[]; links: string[] } {
  const payload = JSON.parse(body) as Payload;
  const harm: string[] = [];
  const links: string[] = [];
  const markdown = (text: string | undefined) => {
    if (text === undefined) return;
    const found = readMarkdown(text);
    harm.push(...found.harm);
    links.push(...found.links);
  };
  markdown(payload.text);
  for (const { fallback, title, title_link, text, fields = [], footer = "" } of payload.attachments) {
    harm.push(...announced(title), ...found(fallback), ...found(footer));
    if (title_link === undefined) markdown(title);
    else {
      links.push(title_link);
      harm.push(...found(title));
    }
    markdown(text);
    for (const field of fields) {
      harm.push(...found(field.title));
      markdown(field.value);
    }
  }
  return { harm, links };
}

/** What the server replaces before anything else, in titles too: code and backslashes do not stop it. */
function announced(text: string): string[] {
  return /<!(channel|here|all)>|<@[a-zA-Z0-9]+>/.test(text) ? [`announced: ${text}`] : [];
}

/** Labelled links as well, everywhere but in titles: one pattern for posts, a laxer one for attachments. */
function rewritten(text: string): string[] {
  const labelled = /<([^<|]+)\|([^>]+)>/.test(text) || /<([^\n<|>]+)\|([^|\n>]+)>/.test(text);
  return labelled ? [`rewritten: ${text}`] : announced(text);
}

/** Looked for in text, after Markdown. */
function found(text: string): string[] {
  const harm: string[] = [];
  for (const word of text.split(/[^\p{L}\p{N}:.\-_@]+/u)) {
    for (const part of [word, ...word.split(/[.:-]/)]) {
      if (/^[:.\-_]*@[\p{L}\p{N}]/u.test(part)) harm.push(`${part} is mentioned in ${text}`);
    }
  }
  const patterns: readonly (readonly [string, RegExp])[] = [
    ["a mention", /(?:\B|\b_+)@([a-z0-9.\-_]+)/i],
    ["a mail address", /[\p{L}\p{Nd}]@[\p{L}\d.-]+[.]\p{L}{2,5}/u],
    // The client's own pattern.
    ["an emoji", /(?<!\w):[\w+-]+:(?!\w)/],
    ["a hashtag", /(^|\W)#\p{L}[\p{L}\d\-_.·]*[\p{L}\d]/u],
    ["a channel", /(^|\B)~[a-z0-9.\-_]+/i],
    [
      "an address",
      /\b(https?|ftp|mailto|tel|mattermost|gemini):[/\p{L}\d%+]|[a-z][a-z\d.+-]*:\/\/|\bwww\d{0,3}\.[^\s\u200b]|[\p{L}\d-][.]\p{L}{2,4}\//iu,
    ],
  ];
  for (const [what, pattern] of patterns) if (pattern.test(text)) harm.push(`${what} in ${text}`);
  return harm;
}

function readMarkdown(source: string): { harm: string[]; links: string[] } {
  const links: string[] = [];
  const harm = rewritten(source);
  // The first thing that the client's lexer does.
  const text = source
    .replace(/\t/g, "    ")
    .replace(/\u00a0/g, " ")
    .replace(/\u2424/g, "\n");
  const prose = text.replace(/^```\n([\s\S]*?)\n```$/gm, (_, code: string) => {
    if (code.includes("```")) harm.push(`code that ends early: ${text}`);
    return "";
  });
  const rest = prose.replace(
    /(?<!\\)(?:\\\\)*(!?)\[((?:\\.|[^\\[\]])*)\]\(([^()\s]*)\)/g,
    (_, image: string, _label: string, url: string) => {
      if (image !== "") harm.push(`an image in ${text}`);
      links.push(url);
      return "";
    },
  );
  if (/<|&(?!amp;|lt;|#36;)/.test(rest)) harm.push(`HTML in ${text}`);
  // The client's lexer takes this for an address of any scheme, with the backslashes in it.
  const swallowed = /[a-z][a-z\d.+-]*:(?=\/{1,3}|[\p{L}\d%])\S*\\/iu.exec(rest);
  if (swallowed !== null) harm.push(`${swallowed[0]} swallows a backslash in ${text}`);
  const unescaped = rest.replace(/\\[`*{}[\]()#+\-.!_>~|]|\\\\(?!\w)/g, "x");
  const markup = /[*_~`|[\]]|\$[^$\n]+\$(?!\w)/.exec(unescaped);
  if (markup !== null) harm.push(`${markup[0]} is free in ${text}`);
  const line = /^ {0,3}(#{1,6}|>|[-+*] |\d+[.)] |={2,}|-{2,}|\t| {4})/m.exec(unescaped);
  if (line !== null) harm.push(`${JSON.stringify(line[0])} begins a line of ${text}`);
  // What the client sees after Markdown: escapes are gone, entities are characters.
  const shown = rest
    .replace(/\\([`*{}[\]()#+\-.!_>~|])/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&#36;/g, "$")
    .replace(/&amp;/g, "&");
  harm.push(...found(shown));
  return { harm, links };
}
