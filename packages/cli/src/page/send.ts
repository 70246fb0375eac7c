import { type Exchanged, exchange } from "../network/exchange.ts";
import { headerOf, type SavedRequest } from "../request/saved.ts";
import { bodyLines } from "../terminal/text.ts";
import type { Answer, Sent } from "./wire.ts";

/** What is shown of an answer's body, in characters. */
const LIMIT = 4_000;

/** An exchange as the page shows it. */
export function answerOf(came: Exchanged): Pick<Sent, "answer" | "failed"> {
  if (came.kind === "failed") return { failed: came.message };
  const { status, milliseconds, headers, body } = came;
  return { answer: { status, milliseconds, headers, body: bodyLines(body, LIMIT).join("\n") } satisfies Answer };
}

/**
 * Sends a request to where its kind is received: the same bytes and headers, and the host that its provider called, which
 * may be signed.
 */
export async function sendTo(
  origin: string,
  request: SavedRequest,
  called: string,
  signal: AbortSignal,
): Promise<Pick<Sent, "answer" | "failed">> {
  const url = new URL(origin + pathOf(request.url));
  const { method, headers, body } = request;
  const came = await exchange(
    { method, url, headers: [...headers, ...forwarded(headers, called, url)], body },
    { timeout: 30_000, limit: 65_536, signal },
  );
  return answerOf(came);
}

function forwarded(headers: SavedRequest["headers"], called: string, url: URL): SavedRequest["headers"] {
  if (!URL.canParse(called)) return [];
  const { host, protocol } = new URL(called);
  if (host === url.host || headerOf(headers, "x-forwarded-host") !== undefined) return [];
  const proto = headerOf(headers, "x-forwarded-proto") === undefined;
  return [["X-Forwarded-Host", host], ...(proto ? [["X-Forwarded-Proto", protocol.slice(0, -1)] as const] : [])];
}

/** Path and query: a request line may hold a whole URL, and what it names is not asked. */
export function pathOf(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}
