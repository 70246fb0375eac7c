import { type Provider, row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { svix } from "./svix.ts";

/** Something that happened to a user, a session or an organization. */
export interface ClerkEvent {
  /** What happened: a thing and a verb in the past. */
  readonly type: Open<"user.created" | "user.updated" | "user.deleted" | "session.created" | "organization.created">;
  /** Always `event`; tells it apart from Clerk's other objects. */
  readonly object: Open<"event">;
  /** The user, session or other thing after the change; of what was deleted no more than `id`, `object` and `deleted`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The Clerk instance that it happened in: `ins_…`. */
  readonly instance_id: string;
  readonly [field: string]: unknown;
}

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
export const clerk = row<ClerkEvent>({
  ...(svix as Provider<any>),
  name: "clerk",
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
});
