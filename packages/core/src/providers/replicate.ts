import { type Provider, row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from Replicate, as its documentation shows one. */
export interface ReplicatePrediction {
  /** The prediction's; the same over all its stages. */
  readonly id: string;
  /** How far the prediction has come; the last three are final. */
  readonly status: Open<"starting" | "processing" | "succeeded" | "failed" | "canceled">;
  /** When it happened, RFC 3339. */
  readonly created_at: string;
  /** Identifies the version of the model that ran. */
  readonly version: string;
  readonly [field: string]: unknown;
}

/**
 * Replicate, which follows Standard Webhooks. A prediction is sent again with each stage that it reaches.
 *
 * @see https://replicate.com/docs/topics/webhooks/verify-webhook
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { replicate } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(replicate, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const replicate = row<ReplicatePrediction>({
  ...(standardWebhooks as Provider<any>),
  name: "replicate",
  docs: "https://replicate.com/docs/topics/webhooks/verify-webhook",
});
