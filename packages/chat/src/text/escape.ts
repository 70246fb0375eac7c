import { withFences } from "./fence.ts";

/**
 * One escape per dialect. All of them take cleaned text and return text in which nothing can ping, link or change the
 * layout. The zero-width space breaks what cannot be escaped; `clean` has removed every other one.
 */
const ZW = "\u200b";

/** The schemes that clients link without slashes, and every address that has them. */
const SCHEME =
  /(?<=(?<![a-z\d])(?:https?|ftp|mailto|tel|sms|sip|mattermost|gemini|slack|discord|javascript|data)):(?=\S)|:(?=\/\/)/gi;

/** Breaks web addresses: `https:` before its slashes, `www` before its dot, a host before its path. */
export function breakUrls(text: string): string {
  return text
    .replace(SCHEME, `:${ZW}`)
    .replace(/(?<![a-z\d])(www\d{0,3})\./gi, `$1${ZW}.`)
    .replace(/\.(?=\p{L}{2,24}[/:?#])/gu, `.${ZW}`);
}

/** Also breaks bare host names and mail addresses, for places whose linking cannot be switched off. */
export function breakAll(text: string): string {
  return breakUrls(text)
    .replace(/(?<=[\p{L}\p{N}_-])\.(?=\p{L})/gu, `.${ZW}`)
    .replace(/@/g, `@${ZW}`);
}

/** Indentation would be a code block, in which escapes show: hard spaces look the same and are not. */
const hardIndent = (text: string) =>
  text.replace(/^[ \t]+/gm, (run) => run.replace(/\t/g, "  ").replace(/ /g, "\u00a0"));

const angles = (text: string) => text.replace(/</g, `<${ZW}`);

/** https://docs.slack.dev/messaging/formatting-message-text#escaping: three characters, the ampersand first. */
const slackEntities = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * Breaks `:name:`, which clients show as a picture. What may be a part of an IPv6 address, a MAC address or a time is
 * left alone: up to four hexadecimal digits behind another.
 */
const breakEmoji = (text: string) => text.replace(/:(?<![\da-f:]:(?=[\da-f]{1,4}:))(?=[\w+'-]+:)/gi, `:${ZW}`);

/** Slack `plain_text`: no markup is read there, and the entities are decoded, but a client may link what it likes. */
export const slackPlain = (text: string) => slackEntities(breakAll(text));

/** Slack `text`, the notification: mrkdwn that cannot be escaped is broken. */
export const slackMrkdwn = (text: string) =>
  slackEntities(breakEmoji(breakAll(text)))
    .replace(/[*_~`]/g, `${ZW}$&${ZW}`)
    .replace(/^(?=&gt;)/gm, ZW);

/** Slack `rich_text`: no markup and no entities, so that code needs nothing; whether a client links is not written. */
export const slackRich = (text: string) => breakEmoji(breakAll(text));

const everyone = (text: string) => text.replace(/@(?=everyone|here)/gi, `@${ZW}`);

/** Discord's footer and author: no Markdown, but kept harmless for clients that read some. */
export const discordPlain = (text: string) => everyone(angles(breakEmoji(breakUrls(text))));

const discordProse = (text: string) =>
  hardIndent(everyone(breakEmoji(breakUrls(text))))
    .replace(/[\\*_~|`[\]()]/g, "\\$&")
    // The backslash stops a parser that goes from left to right, the space one that searches for a pattern.
    .replace(/</g, `\\<${ZW}`)
    .replace(/^(\u00a0*)([-#>+])/gm, "$1\\$2")
    .replace(/^(\u00a0*\d+)\./gm, "$1\\.");

const discordCode = (text: string) => `\`\`\`\n${everyone(breakUrls(text)).replace(/`(?=`)/g, `\`${ZW}`)}\n\`\`\``;

/** Discord Markdown, of one line and of several with code. */
export const discordLine = discordProse;
export const discordText = withFences(discordProse, discordCode);

/** Places that Mattermost shows as they are: field names, footers, a title that has a link. */
export const mattermostPlain = (text: string) => angles(breakEmoji(breakUrls(text))).replace(/[@#~]/g, `$&${ZW}`);

/**
 * Mattermost's web client reads ␤ (U+2424) as a line break and a hard space as a space, before anything else:
 * https://github.com/mattermost/marked/blob/master/lib/marked.js, `Lexer.prototype.lex`. Another sign is shown instead
 * of the one, and figure spaces indent, of which no parser makes a code block.
 */
const mattermostBreaks = (text: string) => text.replace(/\u2424/g, "\u240a");
const mattermostIndent = (text: string) =>
  text.replace(/^[ \t\u00a0]+/gm, (run) => run.replace(/\t/g, "  ").replace(/[ \u00a0]/g, "\u2007"));

/**
 * The web client takes every `word:word` for an address, up to the next space, and with it the backslashes: they would
 * be shown, and what they stand before be read. Only where there are any is the colon broken, so that `tag:prod` and
 * times can be copied. https://github.com/mattermost/marked/blob/master/lib/marked.js, `inline.gfm.url`
 */
const mattermostSchemes = (text: string) =>
  text.replace(/\S+/g, (run) =>
    /[\\*_`[\](){}!|~]/.test(run) ? run.replace(/(?<=[a-z][a-z\d.+-]*):(?=[/\p{L}\d%])/giu, `:${ZW}`) : run,
  );

/**
 * Mattermost Markdown. The server rewrites `<…>` before it reads Markdown, the client looks for `@`, `#` and `~` after
 * it has: entities stop the first, zero-width spaces the second. A backslash before a letter or digit is shown as it
 * is, and two of them would both be shown. An entity keeps `$…$` from being a formula, which no other sign does.
 */
const mattermostProse = (text: string) =>
  mattermostIndent(mattermostSchemes(breakEmoji(breakUrls(mattermostBreaks(text)))))
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/\\(?![A-Za-z0-9])|[*_`[\](){}!|~]/g, "\\$&")
    .replace(/^(\u2007*)([-#>+])/gm, "$1\\$2")
    .replace(/^(\u2007*\d+)\./gm, "$1\\.")
    .replace(/^(?==)/gm, ZW)
    .replace(/[@#~]/g, `$&${ZW}`)
    .replace(/\$/g, "&#36;");

/** Entities show in code, and the server's rewriting of `<a|b>` reaches into it: a full-width sign replaces it. */
const mattermostCode = (text: string) =>
  `\`\`\`\n${breakUrls(mattermostBreaks(text))
    .replace(/</g, "＜")
    .replace(/@/g, `@${ZW}`)
    .replace(/`(?=`)/g, `\`${ZW}`)}\n\`\`\``;

/** Mattermost Markdown, of one line and of several with code. */
export const mattermostLine = mattermostProse;
export const mattermostText = withFences(mattermostProse, mattermostCode);

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" } as const;
const entities = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign as keyof typeof ENTITIES]);

/** Google card text: a subset of HTML. */
export const googleHtml = (text: string) => entities(breakAll(text));

/** Google card paragraphs: code has no tag of its own there, so it keeps its lines and its spaces. */
const googleLines = (text: string) => googleHtml(text.replace(/\t/g, "  ").replace(/ (?= )|^ /gm, "\u00a0"));
export const googleText = (text: string) => withFences(googleLines, googleLines)(text).replace(/\n/g, "<br>");

/** Google card headers, labels and buttons: shown as they are. */
export const googlePlain = (text: string) => angles(breakAll(text));

/** Google's fallback text may be read like `text`, which has no escape at all. */
export const googleFallback = (text: string) => googlePlain(text).replace(/[*_~`]/g, `$&${ZW}`);
