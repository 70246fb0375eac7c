import { covered } from "./cover.ts";
import type { Entry } from "./entry.ts";
import { signedOf } from "./signed.ts";
import type { Detail, Summary } from "./wire.ts";

/** How much of a body the page is given. */
export const BODY_SHOWN = 262_144;

/** A delivery as the list has it. */
export function summaryOf(id: number, entry: Entry): Summary {
  const { kept, at, from, request, standing, code, status, provider, looksLike, event } = entry;
  const { method, url, body } = request;
  return {
    id,
    kept,
    at,
    method: method.slice(0, 40),
    url: url.slice(0, 300),
    bytes: body.length,
    event,
    provider: provider?.name ?? looksLike,
    standing,
    code,
    status,
    from,
  };
}

/** A delivery in full. */
export function detailOf(id: number, entry: Entry): Detail {
  const { request, called, provider, message, findings, steps, answer, signedAt, secret } = entry;
  return {
    ...summaryOf(id, entry),
    url: request.url,
    message,
    called,
    headers: covered(entry),
    body: Buffer.from(request.body.subarray(0, BODY_SHOWN)).toString("base64"),
    shown: Math.min(request.body.length, BODY_SHOWN),
    causes: findings,
    steps,
    ...(provider === undefined ? {} : { signed: signedOf(provider, request, called), docs: provider.docs }),
    ...(answer === undefined ? {} : { answer }),
    ...(signedAt === undefined ? {} : { signedAt }),
    ...(secret === undefined ? {} : { secret }),
  };
}
