import { hmac } from "../kind/hmac.ts";
import { body, listedHeaders, method, pathAs } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** An entity. The topic is in a header, which is signed when the signed list names it. */
export interface ContentfulPayload {
  /** Contentful's own facts about the entity; never edited by users. */
  readonly sys?: {
    /** Identifies the entity inside its space and environment. */
    readonly id?: string;
    /** What the entity is, such as `Entry`, `Asset` or `DeletedEntry`. */
    readonly type?: string;
    readonly [field: string]: unknown;
  };
  /**
   * Content that editors wrote, by field and then by locale: `{ title: { "en-US": … } }`. Absent when it is deleted.
   */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Tags and concepts that editors attached. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Contentful: HMAC-SHA256 over method, path, a list of headers and the body, under a secret of 64 characters. The time
 * is one of those headers, in milliseconds, and must lie within 30 seconds as in Contentful's own library.
 *
 * The list must name itself and the time, and each header that it names must be there. Give the endpoint a path without
 * a query: Contentful's libraries disagree about how a query is signed. A proxy must not change the path, or else set
 * `publicUrl`.
 *
 * @see https://www.contentful.com/developers/docs/webhooks/request-verification/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { contentful } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(contentful, { secret: "a".repeat(64), publicUrl: "https://example.com" });
 * ```
 */
export const contentful = row<ContentfulPayload | undefined>({
  name: "contentful",
  docs: "https://www.contentful.com/developers/docs/webhooks/request-verification/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-contentful-signature" },
    timestamp: { header: "x-contentful-timestamp", unit: "ms", tolerance: "30s" },
    content: [
      method,
      "\n",
      pathAs(encodePath),
      "\n",
      listedHeaders("x-contentful-signed-headers", ["x-contentful-timestamp"]),
      "\n",
      body,
    ],
  }),
  methods: ["POST", "PUT", "PATCH", "DELETE", "GET"],
  emptyBody: true,
  contentType: "application/vnd.contentful.management.v1+json",
  unprotected:
    "The host is not signed, nor any header that the signed list leaves out: trust X-Contentful-Topic only if the list names it. Of a URL with a query, what follows a second question mark is not signed.",
});

/**
 * The path in Contentful's form: the query is escaped whole, then all of it once more. What follows a second question mark
 * is dropped, as Contentful does. Where no query is signed it stays, so that nothing can be hung on such a path.
 */
function encodePath(path: string): string {
  if (/[\ud800-\udfff]/.test(path)) return path; // Half a character cannot be encoded, nor come over the wire.
  const [name = "", query = "", ...rest] = path.split("?");
  if (query === "") return encodeURI(rest.length === 0 ? name : path);
  return encodeURI(`${name}?${encodeURIComponent(query)}`);
}
