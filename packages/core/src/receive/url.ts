import type { RequestHead } from "../head/head.ts";
import { pathOf } from "../scheme/signed-content.ts";
import type { Arrival } from "./arrival.ts";
import type { Refusal } from "./refusal.ts";

/** How a scheme signs the URL. */
export interface UrlSigned {
  /** The whole URL, or its path and query; `undefined` where neither is signed. */
  readonly signs?: "url" | "path" | undefined;
  /** Whether nothing separates the URL from a body behind it, so that a query could swallow the body's start. */
  readonly urlMeetsBody?: boolean;
}

/** The URL that the provider called, as the provider's own settings have it. */
export function resolveUrl(arrival: Arrival, scheme: UrlSigned): string | Refusal {
  const { publicUrl, exactUrl, provider } = arrival.settings;
  if (exactUrl !== undefined) return typeof exactUrl === "string" ? exactUrl : toldUrl(arrival, "exactUrl", exactUrl);
  const own = arrival.head.url ?? "";
  const url =
    typeof publicUrl === "function"
      ? toldUrl(arrival, "publicUrl", publicUrl)
      : publicUrl === undefined
        ? own
        : publicUrl + pathOf(own);
  if (typeof url !== "string") return url;
  if (publicUrl === undefined && scheme.signs === "url" && !/^https?:\/\//i.test(url)) {
    return arrival.refuse(
      "misconfigured",
      `${provider.name} signs the URL, and this request shows only its path: set publicUrl to the origin that the provider calls, such as "https://example.com".`,
    );
  }
  if (scheme.urlMeetsBody !== true || !url.includes("?")) return url;
  return arrival.refuse(
    "malformed_signature",
    "nothing separates the signed URL from the body, so its query can swallow the body's start. Where the URL in the provider's settings has a query, give it whole as exactUrl",
  );
}

/** What the user's own function says that the URL is. */
function toldUrl(arrival: Arrival, option: string, tell: (request: RequestHead) => string): string | Refusal {
  const { provider } = arrival.settings;
  const unknown = (why: string, cause?: unknown) =>
    arrival.refuse("misconfigured", `${provider.name} signs the URL, and ${option}() ${why}.`, cause);
  try {
    const url: unknown = tell(arrival.head);
    return typeof url === "string" ? url : unknown("did not return one");
  } catch (cause) {
    return unknown("threw", cause);
  }
}
