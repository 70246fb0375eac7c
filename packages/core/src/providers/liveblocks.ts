import { type Provider, row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from Liveblocks, as its documentation shows one. */
export interface LiveblocksEvent {
  /** Which change was made; the list grows, so expect others. */
  readonly type: Open<
    "userEntered" | "userLeft" | "roomCreated" | "roomDeleted" | "storageUpdated" | "commentCreated" | "threadCreated"
  >;
  /** The room, user, thread or comment that it happened to. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Liveblocks, which follows Standard Webhooks.
 *
 * @see https://liveblocks.io/docs/platform/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { liveblocks } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(liveblocks, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const liveblocks = row<LiveblocksEvent>({
  ...(standardWebhooks as Provider<any>),
  name: "liveblocks",
  docs: "https://liveblocks.io/docs/platform/webhooks",
  retries: "28h",
});
