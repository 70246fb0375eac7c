import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkText } from "@countersign/core/checks";
import { type KeyFetch, type KeyLookup, type KeySourceOptions, keyList } from "@countersign/core/keys";
import { field, objectOf } from "../compact/json.ts";
import { namedLookups } from "../source/named.ts";

/** Your client at Plaid, and how keys are fetched: the options of `keyList` of `@countersign/core/keys`. */
export interface PlaidKeysOptions extends KeySourceOptions {
  /** `client_id` of Plaid's dashboard. */
  readonly clientId: string;
  /** Your credential at Plaid, of the same environment. */
  readonly secret: string;
  /** Which of Plaid's servers sends, and is asked. */
  readonly environment: "sandbox" | "production";
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Plaid's keys, as a secret: each is asked for by its name at `/webhook_verification_key/get`, under your client's
 * credentials, kept, and asked for again every hour, so that one which Plaid ends is not used for longer.
 *
 * @throws ConfigurationError for an option that is wrong
 * @see https://plaid.com/docs/api/webhooks/webhook-verification/
 * @example
 * ```ts
 * import { plaidKeys } from "@countersign/tokens/providers";
 *
 * const secret = plaidKeys({ clientId: "your client_id", secret: "your secret", environment: "production" });
 * ```
 */
export function plaidKeys(options: PlaidKeysOptions): KeyLookup {
  const { clientId, secret, environment, ...rest } = options;
  for (const [name, value] of Object.entries({ clientId, secret })) checkText(value, name);
  checkChoice(environment, "environment", ["sandbox", "production"]);
  if (rest.fetch !== undefined && typeof rest.fetch !== "function")
    throw new ConfigurationError("fetch", "fetch must be a function.");
  const fetch: KeyFetch =
    rest.fetch ?? ((url, init) => (globalThis as unknown as { fetch: KeyFetch }).fetch(url, init));
  const url = `https://${environment}.plaid.com/webhook_verification_key/get`;
  const make = (keyId: string): KeyLookup => {
    const body = JSON.stringify({ client_id: clientId, secret, key_id: keyId });
    const post: KeyFetch = (address, init) => {
      const headers = { ...init.headers, "content-type": "application/json" };
      return fetch(address, { ...init, headers, method: "POST", body } as Parameters<KeyFetch>[1]);
    };
    return keyList(url, readKey, { ...rest, fetch: post });
  };
  make(""); // Wrong options are told now.
  return namedLookups(({ keyId = "" } = {}) => (UUID.test(keyId) ? keyId : undefined), make, rest.clock);
}

/** One key, unless Plaid has ended it. Its own words for time are no part of a JWK. */
function readKey(text: string) {
  const key = field(objectOf(text) ?? {}, "key");
  if (typeof key !== "object" || key === null) throw new Error("its answer has no key");
  const { kid, kty, crv, x, y, alg, use, expired_at } = key as Record<string, unknown>;
  if (expired_at !== null && expired_at !== undefined) return [];
  return [{ id: String(kid), key: JSON.stringify({ kid, kty, crv, x, y, alg, use }) }];
}
