import type { IncomingMessage } from "node:http";
import { pairs } from "../network/exchange.ts";
import { MAX_BODY, type SavedRequest } from "../request/saved.ts";

/**
 * The whole of a request, byte for byte; `undefined` when its body is larger than {@link MAX_BODY}. Rejects when the
 * sender hangs up.
 */
export async function arrive(incoming: IncomingMessage, now: number): Promise<SavedRequest | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "/",
    headers: pairs(incoming.rawHeaders),
    body: Buffer.concat(chunks),
    at: now,
    form: "a delivery",
    notes: [],
  };
}

/** The URL that the provider called, as far as a proxy or a tunnel tells it: what is signed may be in it. */
export function publicUrlOf({ url, headers }: SavedRequest, base: string | undefined): string {
  if (base !== undefined) return `${base}${url}`;
  const of = (name: string) =>
    headers
      .find(([one]) => one.toLowerCase() === name)?.[1]
      .split(",")[0]
      ?.trim();
  const host = of("x-forwarded-host") ?? of("host") ?? "localhost";
  return `${of("x-forwarded-proto") ?? "http"}://${host}${url}`;
}
