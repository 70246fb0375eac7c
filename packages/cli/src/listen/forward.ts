import { type Exchanged, exchange } from "../network/exchange.ts";
import { headerOf, type SavedRequest } from "../request/saved.ts";

/** Where a delivery goes: the target's own path, or the delivery's where the target has none; the delivery's query. */
export function forwardedTo(target: URL, { url }: SavedRequest): URL {
  const came = new URL(url, "http://delivery.invalid");
  const to = new URL(target);
  if (target.pathname === "/") to.pathname = came.pathname;
  if (target.search === "") to.search = came.search;
  return to;
}

/** Hands a delivery on as it came: the same bytes, the same headers; only those of the connection are new. */
export function forward(target: URL, request: SavedRequest, signal?: AbortSignal): Promise<Exchanged> {
  const { method, headers, body } = request;
  const host = headerOf(headers, "host");
  const known = headerOf(headers, "x-forwarded-host") !== undefined || host === undefined;
  return exchange(
    {
      method,
      url: forwardedTo(target, request),
      headers: known ? headers : [...headers, ["X-Forwarded-Host", host]],
      body,
    },
    { timeout: 30_000, limit: 16 * 1_048_576, ...(signal === undefined ? {} : { signal }) },
  );
}
