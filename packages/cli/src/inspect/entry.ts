import type { Provider } from "@countersign/core";
import type { Entry } from "../page/entry.ts";
import { shownProvider } from "../provider/find.ts";
import { eventOf } from "../request/event.ts";
import { headerOf } from "../request/saved.ts";
import type { Visit } from "./visit.ts";

/**
 * What an inspected process tells, as the page keeps it.
 *
 * @param to where it is sent again, where that was said
 */
export function entryOfVisit(visit: Visit, to: string | undefined): Entry {
  const { key, at, from, provider: name, credentials, steps, verdict, status, findings, secret, signedAt } = visit;
  const body = Buffer.from(visit.body, "base64");
  const path = visit.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "") || "/";
  const { method, headers } = visit;
  const request = { method, url: path, headers, body, at, form: "a delivery", notes: [] };
  const host = headerOf(headers, "host") ?? (URL.canParse(visit.url) ? new URL(visit.url).host : "");
  const provider = providerOf(name);
  return {
    key,
    kept: 0,
    at,
    from,
    request,
    called: visit.signedUrl?.startsWith("http") ? visit.signedUrl : `http://${host || "localhost"}${path}`,
    ...(provider === undefined ? {} : { provider }),
    credentials,
    looksLike: name,
    standing: verdict === undefined ? "unjudged" : verdict.ok ? "genuine" : "refused",
    code: verdict?.code ?? "pending",
    event: eventOf(body),
    message: verdict?.message ?? "It is being judged.",
    status,
    findings,
    steps,
    ...(signedAt === undefined ? {} : { signedAt }),
    ...(secret === undefined ? {} : { secret }),
    origin: to ?? (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host) ? `http://${host}` : ""),
  };
}

/** The row of that name, as it is usually set up; `undefined` for one of the application's own. */
function providerOf(name: string): Provider<any> | undefined {
  try {
    return shownProvider(name);
  } catch {
    return undefined;
  }
}
