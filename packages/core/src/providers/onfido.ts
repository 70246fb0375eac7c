import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** The JSON body of a webhook from Onfido, as its documentation shows one. */
export interface OnfidoPayload {
  /** Which change was made, and to which resource. */
  readonly payload: {
    /** What it happened to, such as `check` or `workflow_run`. */
    readonly resource_type: string;
    /** Which change was made; the list grows, so expect others. */
    readonly action: Open<"check.completed" | "report.completed" | "workflow_run.completed">;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Onfido: HMAC-SHA256 over the body.
 *
 * @see https://documentation.onfido.com/api/latest/#verifying-webhook-signatures
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { onfido } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(onfido, { secret: "the webhook's token" });
 * ```
 */
export const onfido = row<OnfidoPayload>({
  name: "onfido",
  docs: "https://documentation.onfido.com/api/latest/#verifying-webhook-signatures",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-sha2-signature" },
    content: [body],
  }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
