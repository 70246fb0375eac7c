import { row } from "../scheme/provider.ts";
import type { StandardWebhooksEvent } from "./standard-webhooks.ts";
import { svix } from "./svix.ts";

/**
 * Resend, which sends through Svix.
 *
 * @see https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { resend } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(resend, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const resend = row<StandardWebhooksEvent>({
  ...svix,
  name: "resend",
  docs: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
});
