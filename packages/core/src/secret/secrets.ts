import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";

/** One secret, as the provider shows it or as bytes. */
export type Secret = string | Uint8Array;

/** A secret, or several during a rotation: any may verify, the first signs. */
export type Secrets = Secret | readonly Secret[];

/**
 * Finds the secret of a request: a tenant's, or one that only the request's context holds (Workers' `env`). It sees
 * the head only, and nothing in it is proven yet.
 *
 * Return `null` when the request names nobody that you know: it is refused as 401. Throwing, or returning nothing
 * usable, is answered 503, so that the provider tries again.
 */
export type SecretLookup<Context = unknown> = (
  request: RequestHead,
  context: Context,
) => MaybePromise<Secrets | null | undefined>;

/** Rotation needs two or three; each one costs a MAC. */
const MAX_SECRETS = 16;

/** The list of secrets, each one checked to be there. @throws ConfigurationError */
export function secretList(secrets: Secrets | undefined | null): readonly Secret[] {
  const list = Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret];
  if (list.length === 0) throw new ConfigurationError("secret", "secret is an empty list: give at least one secret.");
  if (list.length > MAX_SECRETS)
    throw new ConfigurationError("secret", `secret lists more than ${MAX_SECRETS} secrets.`);
  for (const secret of list) {
    const usable =
      typeof secret === "string" ? secret.trim() !== "" : secret instanceof Uint8Array && secret.length > 0;
    if (!usable) {
      throw new ConfigurationError(
        "secret",
        "secret is missing or empty. Is the environment variable set? An empty secret would let everybody sign.",
      );
    }
  }
  return list;
}
