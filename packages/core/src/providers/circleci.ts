import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** The JSON body of a webhook from CircleCI, as its documentation shows one. */
export interface CircleCiEvent {
  /** Unique to this event; the replay key that joins its retries. */
  readonly id: string;
  /** Which change was made; the list grows, so expect others. */
  readonly type: Open<"workflow-completed" | "job-completed">;
  /** When it happened, RFC 3339. */
  readonly happened_at: string;
  /** Id and display text of the webhook in your project's settings. */
  readonly webhook: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/**
 * CircleCI: HMAC-SHA256 over the body. There may be further signatures beside `v1`, which are passed over.
 *
 * @see https://circleci.com/docs/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { circleci } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(circleci, { secret: "the signing secret" });
 * ```
 */
export const circleci = row<CircleCiEvent>({
  name: "circleci",
  docs: "https://circleci.com/docs/webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "circleci-signature", layout: "v1={signature}", list: "," },
    content: [body],
  }),
  key: (event) => textAt(event, "id"),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
