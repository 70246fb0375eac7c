import { row } from "../scheme/provider.ts";
import type { StandardWebhooksEvent } from "./standard-webhooks.ts";
import { svix } from "./svix.ts";

/**
 * Clerk, which sends through Svix.
 *
 * @see https://clerk.com/docs/guides/development/webhooks/overview
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { clerk } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(clerk, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const clerk = row<StandardWebhooksEvent>({
  ...svix,
  name: "clerk",
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
});
