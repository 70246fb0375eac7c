import { type Provider, row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from OpenAI, as its documentation shows one. */
export interface OpenAIEvent {
  /** Unique to this event, such as `evt_685343a1381c819085d44c354e1b330e`. */
  readonly id: string;
  /** Which change was made; the list grows, so expect others. */
  readonly type: Open<
    | "response.completed"
    | "response.failed"
    | "batch.completed"
    | "fine_tuning.job.succeeded"
    | "eval.run.succeeded"
    | "realtime.call.incoming"
  >;
  /** Seconds since the epoch. */
  readonly created_at: number;
  /** The id of the response, batch, job or call that it happened to. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * OpenAI, which follows Standard Webhooks.
 *
 * @see https://platform.openai.com/docs/guides/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { openai } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(openai, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const openai = row<OpenAIEvent>({
  ...(standardWebhooks as Provider<any>),
  name: "openai",
  docs: "https://platform.openai.com/docs/guides/webhooks",
  retries: "72h",
});
