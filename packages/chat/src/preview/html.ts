/** Text as HTML shows it. */
export const text = (value: string): string =>
  value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\n/g, "<br>");

/** A link as the platform would make one; pointing at it shows where it leads. */
export const link = (label: string, url: string): string =>
  `<a title="${text(url)}" href="${text(url)}" rel="noreferrer" target="_blank">${label}</a>`;

/** A time in the zone of whoever looks at the page. */
export const time = (seconds: number): string => {
  const utc = new Date(seconds * 1000).toISOString();
  return `<time datetime="${utc}">${utc.slice(0, 16).replace("T", " ")} UTC</time>`;
};

/** What a platform's grammar made of a text: marked, so that a test finds what no formatter should have let through. */
export const made = (tag: string, inner: string): string => `<${tag} class="made">${inner}</${tag}>`;

/** A mention, a hashtag, a channel: what a platform would notify of, or lead to. */
export const pill = (inner: string): string => `<span class="made pill">${inner}</span>`;

/** A link that a client makes of a bare address. */
export const bareLink = (url: string): string => `<span class="made">${link(text(url), url)}</span>`;

/** A picture in the place of `:name:`. */
export const picture = (name: string): string => `<span class="made pill">🖼 ${text(name)}</span>`;
