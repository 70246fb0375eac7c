import { type Provider, row } from "../scheme/provider.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from Supabase Auth hooks, as its documentation shows one. */
export interface SupabaseHook {
  /** The user who signs in or up; what stands beside it depends on the hook. */
  readonly user: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Supabase Auth's HTTP hooks, which follow Standard Webhooks. The secret is shown as `v1,whsec_…` and is taken so. Supabase waits for your answer; five seconds is all it waits.
 *
 * @see https://supabase.com/docs/guides/auth/auth-hooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { supabase } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(supabase, { secret: "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const supabase = row<SupabaseHook>({
  ...(standardWebhooks as Provider<any>),
  name: "supabase",
  docs: "https://supabase.com/docs/guides/auth/auth-hooks",
});
