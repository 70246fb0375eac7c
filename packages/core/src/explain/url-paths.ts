import { headerOf, headersOf, PUBLIC, signed, withUrls } from "./as-url.ts";
import type { Hypothesis } from "./attempt.ts";
import { ESCAPERS, formsOf, pairsOf } from "./form-text.ts";
import { parseUrl } from "./url-text.ts";

/** Headers in which proxies tell what was called before they changed it. */
const PREFIXES = ["x-forwarded-prefix", "x-script-name", "x-forwarded-path", "x-ingress-path"];
const ORIGINALS = [
  "x-original-uri",
  "x-original-url",
  "x-rewrite-url",
  "x-forwarded-uri",
  "x-envoy-original-path",
  "x-forwarded-url",
];
/** What proxies and gateways take from the front of a path without saying so. */
const USUAL =
  "/api /v1 /api/v1 /v2 /webhooks /webhook /hooks /hook /api/webhooks /api/hooks /prod /production /dev /development /staging /stage /test /live /default /latest /app /backend /server /service /services /functions /functions/v1 /.netlify/functions /public /external /callbacks /integrations /gateway /rest".split(
    " ",
  );

/** Paths and queries that a proxy, a gateway, a router or a URL object changed. */
export const PATHS: readonly Hypothesis[] = [
  {
    code: "url_trailing_slash",
    sentence: "A slash of the path is there in one URL and missing in the other.",
    mend: "Enter the URL in the provider's settings as this server sees it, or give it as exactUrl.",
    tell: signed,
    changes: withUrls(({ path }) => [
      { path: path.endsWith("/") ? path.slice(0, -1) : `${path}/` },
      { path: path.replace(/\/{2,}/g, "/") },
      { path: `/${path}` },
    ]),
  },
  {
    code: "url_prefix",
    sentence:
      "The path that was signed begins otherwise: a proxy, a gateway's stage or a mounted router takes its beginning away, or adds one.",
    mend: 'Give publicUrl with that beginning, "https://example.com/prefix", or originalUrl in Express in place of url.',
    tell: signed,
    changes: withUrls(function* prefixed({ path, query }, attempt) {
      for (const prefix of headersOf(attempt, PREFIXES)) yield { path: `/${prefix.replace(/^\/+|\/+$/g, "")}${path}` };
      for (const original of headersOf(attempt, ORIGINALS)) {
        const other = parseUrl(original);
        if (other !== undefined) yield { path: other.path, query: other.query === "" ? query : other.query };
      }
      for (let rest = path, i = 0; i < 3 && rest.lastIndexOf("/") > 0; i++) {
        rest = rest.slice(rest.indexOf("/", 1));
        yield { path: rest };
      }
      for (const prefix of USUAL) yield { path: prefix + (path === "/" ? "" : path) };
      const [first = ""] = /^\/[^/]+/.exec(path) ?? [];
      yield { path: first + path };
    }),
  },
  {
    code: "url_query",
    sentence: "The query was changed or cut off, or was signed in another form.",
    mend: "Give the URL as it was called: originalUrl in Express, not url or path, and no URL object's own spelling.",
    tell: signed,
    changes: withUrls(function* queries({ path, query }, attempt) {
      yield { fragment: "" };
      yield { query: "" };
      // Proxies write escapes in large letters, some programs in small ones.
      yield { path: escapes(path, "lower"), query: escapes(query, "lower") };
      yield { path: escapes(path, "upper"), query: escapes(query, "upper") };
      yield { query: query.replaceAll("%20", "+") };
      yield { query: query.replaceAll("+", "%20") };
      yield { query: query.replaceAll("%27", "'") };
      yield { path: path.replaceAll("%27", "'"), query: query.replaceAll("%27", "'") };
      yield { query: safely(decodeURIComponent, query) };
      yield { path: safely(decodeURIComponent, path), query };
      yield { path: path.replaceAll("+", "%20"), query };
      yield { path: safely(encodeURI, safely(decodeURIComponent, path)), query };
      const parameters = query.slice(1).split("&");
      // One that a proxy or a preview adds.
      if (parameters.length > 1 && parameters.length < 20) {
        for (const one of parameters) yield { query: `?${parameters.filter((other) => other !== one).join("&")}` };
      }
      const pairs = pairsOf(query.slice(1));
      for (const form of formsOf(pairs ?? [])) if (form !== "") yield { query: `?${form}` };
      for (const name of ["x-original-uri", "x-forwarded-uri"]) {
        const told = parseUrl(headerOf(attempt, name) ?? "");
        if (told !== undefined) yield { query: told.query };
      }
      if (query === "") yield { query: "?" };
    }),
  },
  {
    code: "url_query_order",
    sentence: "The parameters of the query were put into another order.",
    mend: "Give the URL as it was called: a framework that sorts or rebuilds the query gives another one.",
    tell: signed,
    changes: withUrls(function* orders({ query }) {
      const pairs = query.slice(1).split("&");
      if (pairs.length < 2) return;
      const orders =
        pairs.length > 4 ? [[...pairs].sort(), [...pairs].reverse(), ...moved(pairs)] : permutations(pairs);
      for (const order of orders) yield { query: `?${order.join("&")}` };
    }),
  },
  {
    code: "url_path_only",
    sentence: "The provider signs the path and query only.",
    mend: "Use path in the provider's content, not url.",
    changes: withUrls(({ query }) => [
      { protocol: "", authority: "" },
      { protocol: "", authority: "", query: query && "" },
    ]),
  },
  {
    code: "url_escapes",
    many: true,
    sentence: "The path was signed with other escapes.",
    mend: PUBLIC,
    tell: signed,
    changes: withUrls(function* escaped({ path }) {
      for (const quote of ESCAPERS)
        yield {
          path: path
            .split("/")
            .map((one) => quote(safely(decodeURIComponent, one)))
            .join("/"),
        };
    }),
  },
];

const escapes = (text: string, letters: "lower" | "upper") =>
  text.replace(/%[0-9a-f]{2}/gi, (one) => (letters === "lower" ? one.toLowerCase() : one.toUpperCase()));

function safely(change: (text: string) => string, text: string): string {
  try {
    return change(text);
  } catch {
    return text;
  }
}

/** Each item in each other place, of a list that is not too long for that. */
function* moved(of: readonly string[]): Generator<readonly string[]> {
  for (const item of of.length > 12 ? [] : of) {
    const rest = of.filter((one) => one !== item);
    for (let at = 0; at <= rest.length; at++) yield [...rest.slice(0, at), item, ...rest.slice(at)];
  }
}

function* permutations(of: readonly string[]): Generator<readonly string[]> {
  if (of.length < 2) yield of;
  for (let i = 0; of.length > 1 && i < of.length; i++) {
    for (const rest of permutations([...of.slice(0, i), ...of.slice(i + 1)])) yield [of[i] as string, ...rest];
  }
}
