import type { IncomingMessage } from "node:http";
import type { Session } from "./session.ts";

/** Why a request is turned away. */
export interface TurnedAway {
  readonly status: number;
  /** For whoever reads it in a terminal; it tells nothing of what is here. */
  readonly why: string;
}

/**
 * Judges who asks. The name in `Host` must be the very one that was printed: a page that had its own name point to this
 * machine (DNS rebinding) sends another. A page of another origin says so in `Origin` or `Sec-Fetch-Site`.
 *
 * @param authority `127.0.0.1:4041`
 * @param open true for what anybody may load: the empty page itself
 */
export function judgeAsker(
  { method, headers }: IncomingMessage,
  authority: string,
  session: Session,
  open: boolean,
): TurnedAway | undefined {
  if (headers.host !== authority)
    return { status: 421, why: `This page answers as http://${authority} and as nothing else.` };
  const origin = `http://${authority}`;
  const changes = method !== "GET" && method !== "HEAD";
  if (headers.origin !== undefined ? headers.origin !== origin : changes)
    return { status: 403, why: "That is another page's request." };
  const site = headers["sec-fetch-site"];
  if (open && !changes) return undefined;
  if (site !== undefined && site !== "same-origin") return { status: 403, why: "That is another page's request." };
  if (open || session.admits(headers.authorization)) return undefined;
  return { status: 401, why: "Open the address that the terminal has printed." };
}

/** Goes with every answer: nothing is run but the page's own script, nothing is asked of anywhere else. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types countersign-chat",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};
