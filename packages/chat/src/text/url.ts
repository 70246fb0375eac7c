/** The longest address that is safe on every platform: Discord takes 2048, Slack 3000. */
export const MAX_URL = 2000;

/** A host name or an IP address. The URL standard lets more pass, such as `(` and `*`, and a host cannot be encoded. */
const HOST = /^([\w.-]+|\[[\da-f:.]+\])$/i;

/**
 * The address in its normal form, or `undefined` when a reader should not be sent there: not http or https, a user
 * name before the host (which passes for the host), a host that is no name and no IP address, or too long. The
 * characters with which a platform's link syntax ends, or its Markdown begins, are percent-encoded, and so is a percent
 * sign that encodes nothing.
 */
export function safeUrl(raw: unknown): string | undefined {
  if (typeof raw !== "string" || raw.length > MAX_URL) return undefined;
  let url: URL;
  try {
    url = new URL(raw);
  } catch {
    return undefined;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  if (url.username !== "" || url.password !== "" || !HOST.test(url.hostname)) return undefined;
  const [origin, rest] = [url.origin, url.href.slice(url.origin.length)];
  const encoded = rest
    .replace(/%(?![\da-f]{2})/gi, "%25")
    .replace(
      /[@|<>()[\]{}\\^`"'*~\s]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
  const href = origin + encoded;
  return href.length > MAX_URL ? undefined : href;
}

/** The host as a reader should see it: in ASCII, so that look-alike letters stand out as `xn--`. */
export function hostOf(href: string): string {
  return new URL(href).host;
}
