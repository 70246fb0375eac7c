import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** The JSON body of a webhook from Pusher Channels, as its documentation shows one. */
export interface PusherPayload {
  /** When it was made, in milliseconds since the epoch. */
  readonly time_ms: number;
  /** At least one; several may share a request, the oldest first. */
  readonly events: readonly {
    /** Which change was made; the list grows, so expect others. */
    readonly name: Open<
      "channel_occupied" | "channel_vacated" | "member_added" | "member_removed" | "client_event" | "cache_miss"
    >;
    /** The channel that members joined, left or wrote to. */
    readonly channel: string;
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

/**
 * Pusher Channels: HMAC-SHA256 over the body under the application's secret. Which application that is stands in `X-Pusher-Key`, which nobody signs.
 *
 * @see https://pusher.com/docs/channels/server_api/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { pusher } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(pusher, { secret: "the application's secret" });
 * ```
 */
export const pusher = row<PusherPayload>({
  name: "pusher",
  docs: "https://pusher.com/docs/channels/server_api/webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-pusher-signature" },
    content: [body],
  }),
  retries: "5m",
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
