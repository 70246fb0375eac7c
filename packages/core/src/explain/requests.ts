import { getHeader } from "../head/headers.ts";
import type { Attempt, Hypothesis } from "./attempt.ts";

/** The attempt under other URLs, for schemes that sign one. */
function withUrls(urls: (url: URL, attempt: Attempt) => readonly (string | undefined)[]): Hypothesis["variants"] {
  return (attempt) => {
    const signs = attempt.scheme.content.some(
      (part) => typeof part !== "string" && (part.part === "url" || part.part === "path"),
    );
    const url = signs ? parsed(attempt.url) : undefined;
    if (url === undefined) return [];
    return urls(url, attempt)
      .filter((other) => other !== undefined && other !== attempt.url)
      .map((other) => ({ ...attempt, url: other as string }));
  };
}

interface URL {
  readonly protocol: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

/** By its text: what is signed is the text, and a URL object would tidy it up. */
function parsed(text: string): URL | undefined {
  const match = /^(https?:\/\/)([^/?#]*)([^?#]*)(\??[^#]*)/i.exec(text);
  if (match === null) return undefined;
  const [, protocol = "", authority = "", path = "", query = ""] = match;
  return { protocol, authority, path, query };
}

const DEFAULT_PORTS: readonly (readonly [protocol: string, port: string])[] = [
  ["https://", ":443"],
  ["http://", ":80"],
];
const swap = (protocol: string) => (protocol.toLowerCase() === "https://" ? "http://" : "https://");
const PUBLIC = "Set publicUrl to the origin that the provider's own settings show, to the letter.";

export const REQUESTS: readonly Hypothesis[] = [
  {
    code: "url_scheme",
    sentence: "The provider called another scheme: https where this request shows http, or the reverse.",
    mend: `A proxy ends TLS in front of this server. ${PUBLIC}`,
    variants: withUrls(({ protocol, authority, path, query }) => [swap(protocol) + authority + path + query]),
  },
  {
    code: "url_port",
    sentence: "The port in the URL is not the one that was signed: one of the two leaves it out.",
    mend: PUBLIC,
    variants: withUrls(({ protocol, authority, path, query }) => {
      const host = authority.replace(/:\d+$/, "");
      const protocols = [protocol, swap(protocol)];
      const ports = ["", ...DEFAULT_PORTS.map(([, port]) => port)];
      return protocols.flatMap((one) => ports.map((port) => one + host + port + path + query));
    }),
  },
  {
    code: "url_host",
    sentence: "The provider called another host, which a proxy told in a forwarding header.",
    mend: PUBLIC,
    variants: withUrls(({ path, query }, attempt) => {
      const get = (name: string) => {
        const value = getHeader(attempt.headers, name, undefined);
        return typeof value === "string" ? value.split(",")[0]?.trim() : undefined;
      };
      const hosts = [get("x-forwarded-host"), get("x-original-host"), get("host")].filter((host) => host !== undefined);
      return hosts.flatMap((host) => DEFAULT_PORTS.map(([protocol]) => `${protocol}${host}${path}${query}`));
    }),
  },
  {
    code: "url_trailing_slash",
    sentence: "The slash at the end of the path is there in one URL and missing in the other.",
    mend: "Enter the URL in the provider's settings as this server sees it, or rewrite it in publicUrl.",
    variants: withUrls(({ protocol, authority, path, query }) => [
      protocol + authority + (path.endsWith("/") ? path.slice(0, -1) : `${path}/`) + query,
    ]),
  },
  {
    code: "url_query",
    sentence: "The query was changed or cut off, or was signed in another form.",
    mend: "Give the URL as it was called: originalUrl in Express, not url or path.",
    variants: withUrls(({ protocol, authority, path, query }) => {
      const start = protocol + authority + path;
      return [
        start,
        start + decoded(query),
        `${start}${query.replaceAll("%20", "+")}`,
        `${start}${query.replaceAll("+", "%20")}`,
      ];
    }),
  },
  {
    code: "url_path_only",
    sentence: "The provider signs the path and query only.",
    mend: "Use path in the provider's content, not url.",
    variants: withUrls(({ path, query }) => [path + query, path]),
  },
  {
    code: "method",
    sentence: "The signed method is another one than that of this request.",
    mend: "Give the method as it was sent, in upper case.",
    variants: (attempt) =>
      attempt.scheme.content.some((part) => typeof part !== "string" && part.part === "method")
        ? ["POST", "PUT", "GET", "PATCH", "DELETE", "post"].map((method) => ({ ...attempt, method }))
        : [],
  },
];

function decoded(query: string): string | undefined {
  try {
    return decodeURIComponent(query);
  } catch {
    return undefined;
  }
}
