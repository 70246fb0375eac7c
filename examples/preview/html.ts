/** Text as HTML shows it. */
export const text = (value: string): string =>
  value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\n/g, "<br>");

/** A link as the platform would make one; it leads nowhere here but shows where it would. */
export const link = (label: string, url: string): string =>
  `<a title="${text(url)}" href="${text(url)}" rel="noreferrer">${label}</a>`;

/** A time in the zone of whoever looks at the page. */
export const time = (seconds: number): string =>
  `<time data-unix="${seconds}">${text(new Date(seconds * 1000).toISOString())}</time>`;

/**
 * The part of Markdown that Discord and Mattermost share and that the formatters write: fences, labelled links,
 * backslashes. Anything else is text, so whatever an escape missed would show.
 */
export function markdown(source: string, inline: (value: string) => string = text): string {
  return source
    .split(/^(```\n[\s\S]*?\n```)$/m)
    .map((part) => (part.startsWith("```\n") ? `<pre>${text(part.slice(4, -4))}</pre>` : prose(part.trim(), inline)))
    .join("");
}

function prose(source: string, inline: (value: string) => string): string {
  const shown = (value: string) => inline(value.replace(/\\([^0-9A-Za-z\s])/g, "$1"));
  return source
    .split(/((?<!\\)\[(?:\\.|[^\\[\]])*\]\([^()\s]*\))/)
    .map((part) => {
      const found = /^\[((?:\\.|[^\\[\]])*)\]\(([^()\s]*)\)$/.exec(part);
      return found === null ? shown(part) : link(shown(found[1] ?? ""), found[2] ?? "");
    })
    .join("");
}
