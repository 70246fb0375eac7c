import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** The JSON body of a webhook from Mux, as its documentation shows one. */
export interface MuxEvent {
  /** Which resource changed and how, parted by dots. */
  readonly type: Open<
    "video.asset.ready" | "video.asset.errored" | "video.live_stream.active" | "video.upload.asset_created"
  >;
  /** Unique to this event; the replay key that joins its retries. */
  readonly id: string;
  /** Which resource changed: its kind, such as `asset`, and its id. */
  readonly object: Readonly<Record<string, string>>;
  /** The resource itself, as Mux's API shows it. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Mux: HMAC-SHA256 over time and body, five minutes of tolerance as in Mux's own library.
 *
 * @see https://www.mux.com/docs/core/verify-webhook-signatures
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { mux } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(mux, { secret: "the signing secret" });
 * ```
 */
export const mux = row<MuxEvent>({
  name: "mux",
  docs: "https://www.mux.com/docs/core/verify-webhook-signatures",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "mux-signature", layout: "t={timestamp},v1={signature}" },
    timestamp: { unit: "s", tolerance: "5m" },
    content: [timestamp, ".", body],
  }),
  key: (event) => textAt(event, "id"),
  retries: "24h",
  unprotected: "Nothing beyond what every signature leaves open: who holds the secret can sign anything.",
});
