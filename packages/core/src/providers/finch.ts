import { hmac } from "../kind/hmac.ts";
import { body, id, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The JSON body of a webhook from Finch, as its documentation shows one. */
export interface FinchEvent {
  /** Finch's id of the employer whose records changed. */
  readonly company_id: string;
  /** What happened, such as `directory.updated`. */
  readonly event_type: string;
  /** What it is about; `null` where there is nothing more to say. */
  readonly data: unknown;
  readonly [field: string]: unknown;
}

/**
 * Finch: as Standard Webhooks, with header names of its own.
 *
 * @see https://developer.tryfinch.com/developer-resources/Webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { finch } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(finch, { secret: "a2V5IG9mIHRoZSB3ZWJob29r" });
 * ```
 */
export const finch = row<FinchEvent>({
  name: "finch",
  docs: "https://developer.tryfinch.com/developer-resources/Webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    secret: "base64",
    signature: { header: "finch-signature", layout: "v1,{signature}", list: " " },
    timestamp: { header: "finch-timestamp", unit: "s", tolerance: "5m" },
    id: { header: "finch-event-id" },
    content: [id, ".", timestamp, ".", body],
  }),
  key: (_, proof) => proof.id,
  unprotected: "Nothing beyond what every signature leaves open: who holds the secret can sign anything.",
});
