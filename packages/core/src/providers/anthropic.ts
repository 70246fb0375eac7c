import { type Provider, row } from "../scheme/provider.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from Anthropic, as its documentation shows one. */
export interface AnthropicEvent {
  /** Unique to this event, however often it is sent. */
  readonly id: string;
  /** Always `event`; what happened stands in `data.type`. */
  readonly type: string;
  /** When it happened, RFC 3339. */
  readonly created_at: string;
  /** Which change was made, and to which resource. */
  readonly data: {
    /** What happened, such as `session.created`. */
    readonly type: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Anthropic, which follows Standard Webhooks.
 *
 * @see https://platform.claude.com/docs/en/managed-agents/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { anthropic } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(anthropic, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const anthropic = row<AnthropicEvent>({
  ...(standardWebhooks as Provider<any>),
  name: "anthropic",
  docs: "https://platform.claude.com/docs/en/managed-agents/webhooks",
});
