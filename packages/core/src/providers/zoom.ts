import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { jsonReply, textAt } from "./fields.ts";

// The answer is a MAC under the secret that also signs requests. Without a colon, the token cannot be "v0:<time>:<body>",
// so that the answer is never the signature of a request.
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;

/** Something that happened to a meeting, a recording or a user. */
export interface ZoomEvent {
  /** What happened: a thing and a verb in the past, such as `meeting.started`. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly event_ts: number;
  /** The account, and the meeting or other thing that it happened to. */
  readonly payload: {
    /** Whose Zoom account it happened in; tells customers of one app apart. */
    readonly account_id?: string;
    /** The meeting, recording or user itself; its shape depends on `event`. */
    readonly object?: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Zoom: HMAC-SHA256 over version, time and body, under the app's secret token. `endpoint.url_validation`, which Zoom
 * repeats every three days, is answered once it is proven.
 *
 * Zoom documents no tolerance; five minutes are our choice.
 *
 * @see https://developers.zoom.us/docs/api/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { zoom } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(zoom, { secret: "the app's secret token" });
 * ```
 */
export const zoom = row<ZoomEvent>({
  name: "zoom",
  docs: "https://developers.zoom.us/docs/api/webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-zm-signature", layout: "v0={signature}" },
    timestamp: { header: "x-zm-request-timestamp", unit: "s", tolerance: "5m" },
    content: ["v0:", timestamp, ":", body],
  }),
  // Three: after 5 minutes, 20 more and 60 more.
  retries: "90m",
  handshake: {
    marker: "endpoint.url_validation",
    async proven(payload, tools) {
      if (textAt(payload, "event") !== "endpoint.url_validation") return undefined;
      const plainToken = textAt(payload, "payload", "plainToken");
      if (plainToken === undefined || !TOKEN.test(plainToken)) return undefined;
      return jsonReply({ plainToken, encryptedToken: await tools.hmac(plainToken) });
    },
  },
  unprotected: "There is no signed delivery id: only the signature tells a repetition, and only within the window.",
});
