import { defineProvider } from "@countersign/core";
import { jwt } from "../jwt/jwt.ts";

/** What Plaid tells: other fields depend on type and code. */
export interface PlaidWebhook {
  /** The product, such as `TRANSACTIONS`, `ITEM` or `AUTH`. */
  readonly webhook_type: string;
  /** What happened, such as `SYNC_UPDATES_AVAILABLE`. */
  readonly webhook_code: string;
  /** The login at a bank that it is about; absent where it is about none. */
  readonly item_id?: string;
  /** Which server sent it: `sandbox` or `production`. */
  readonly environment?: string;
  readonly [field: string]: unknown;
}

/**
 * Plaid: a JWT (ES256) whose `request_body_sha256` is the hash of the body, five minutes old at most.
 *
 * Plaid hands out keys one by one, under your client's credentials: {@link plaidKeys} is the `secret`.
 *
 * @see https://plaid.com/docs/api/webhooks/webhook-verification/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { plaid, plaidKeys } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(plaid, {
 *   secret: plaidKeys({ clientId: "your client_id", secret: "your secret", environment: "sandbox" }),
 * });
 * ```
 */
export const plaid = defineProvider<PlaidWebhook>({
  name: "plaid",
  docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
  scheme: jwt({
    header: "plaid-verification",
    algorithms: ["ES256"],
    maxAge: "5m",
    bodyHash: { claim: "request_body_sha256", encoding: "hex" },
  }),
  retries: "24h",
  unprotected: "The token does not name its receiver: look whether the item_id is one of yours.",
});
