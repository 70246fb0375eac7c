import { type Provider, row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { svix } from "./svix.ts";

/** Something that happened to a mail, a contact, a domain or an inbox. */
export interface ResendEvent {
  /** What happened: a thing and a verb in the past. */
  readonly type: Open<
    "email.sent" | "email.delivered" | "email.bounced" | "email.complained" | "email.opened" | "email.clicked"
  >;
  /** When it happened, ISO 8601. */
  readonly created_at: string;
  /** The mail, contact or other thing that it happened to. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

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
export const resend = row<ResendEvent>({
  ...(svix as Provider<any>),
  name: "resend",
  docs: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
});
