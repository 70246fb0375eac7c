import { getHeader } from "../head/headers.ts";
import type { Attempt, Change, Hypothesis } from "./attempt.ts";
import { parseUrl, printable, type UrlText, writeUrl } from "./url-text.ts";

type Urls = (url: UrlText, attempt: Attempt) => Iterable<Partial<UrlText> | undefined>;

/** Whether the scheme signs the URL or its path. */
export function signsUrl({ scheme }: Pick<Attempt, "scheme">): boolean {
  return scheme.content.some((part) => typeof part !== "string" && (part.part === "url" || part.part === "path"));
}

/** Whether it signs the URL whole, its origin included. */
export function signsWhole({ scheme }: Pick<Attempt, "scheme">): boolean {
  return scheme.content.some((part) => typeof part !== "string" && part.part === "url");
}

/** Longer URLs are nobody's. */
const LONGEST = 4096;

/** The attempt under other URLs, for schemes that sign one. */
export function withUrls(urls: Urls): Hypothesis["changes"] {
  return function* others(attempt): Generator<Change> {
    const url = signsUrl(attempt) && attempt.url.length <= LONGEST ? parseUrl(attempt.url) : undefined;
    if (url === undefined) return;
    const seen = new Set([attempt.url]);
    for (const parts of urls(url, attempt)) {
      const other = parts === undefined ? attempt.url : writeUrl({ ...url, ...parts });
      if (!seen.has(other)) yield { url: other };
      seen.add(other);
    }
  };
}

/** One header that a proxy may have set, its first value. */
export function headerOf({ headers }: Attempt, name: string): string | undefined {
  const value = getHeader(headers, name, undefined);
  return typeof value === "string" && value !== "" && value.length <= LONGEST ? value.split(",")[0]?.trim() : undefined;
}
/** Those of these headers that are there. */
export const headersOf = (attempt: Attempt, names: readonly string[]) =>
  names.map((name) => headerOf(attempt, name)).filter((value) => value !== undefined);

/** What to do about every URL that is not the provider's own. */
export const PUBLIC = "Set publicUrl to what the provider's own settings show, to the letter.";
/** The URL with which the signature is right, told with the cause. */
export const signed = (_: Attempt, { url }: Change): string => `It was signed with ${printable(url ?? "")}.`;
