import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { KeyWanted, Secret, Secrets } from "../scheme/secret.ts";

/**
 * Finds the secret of a request: a tenant's, or one that only the request's context holds (Workers' `env`). It sees
 * the head only, and nothing in it is proven yet.
 *
 * Return `null` when the request names nobody that you know: it is refused as 401. Throwing, or returning nothing
 * usable, is answered 503, so that the provider tries again.
 *
 * The third argument is what the request says of its key, for sources of many keys; `undefined` where it says nothing.
 */
export type SecretLookup<Context = unknown> = (
  request: RequestHead,
  context: Context,
  wanted?: KeyWanted,
) => MaybePromise<Secrets | null | undefined>;

/** What proves each provider of a route that takes several, by the provider's name: `{ github: "…", gitlab: "…" }`. */
export interface SecretsByProvider<Context = unknown> {
  /** What proves the provider of this name. */
  readonly [provider: string]: Secrets | SecretLookup<Context>;
}

/** Rotation needs two or three; each one costs a MAC. */
export const MAX_SECRETS = 16;

/** What looks like a secret of this provider and is none: an API key, an endpoint's id. */
export interface NotSecret {
  /** The first characters by which it is recognized: `"sk_"`. */
  readonly prefix: string;
  /** For the sentence that tells the user of the mistake: `"an API key"`. */
  readonly what: string;
}

/**
 * Refuses text that cannot be the secret as the provider has it: empty, with whitespace or quotes around it, or something
 * else that was copied in its place. Bytes pass as they are. No message quotes it.
 *
 * @throws ConfigurationError
 */
export function checkSecret(secret: Secret, others: readonly NotSecret[] = []): void {
  const refuse = (why: string) => new ConfigurationError("secret", `secret ${why}`);
  const usable = typeof secret === "string" ? secret.trim() !== "" : secret instanceof Uint8Array && secret.length > 0;
  if (!usable) {
    throw refuse("is missing or empty. Is the environment variable set? An empty secret would let everybody sign.");
  }
  if (typeof secret !== "string") return;
  // Every file of PEM ends with a line break.
  if (secret !== secret.trim() && !secret.startsWith("-----BEGIN ")) {
    throw refuse(
      "has whitespace around it, a line break most likely: trim it where it is read. If it truly is part of the secret, give it as bytes.",
    );
  }
  if (secret.length > 1 && /^(["'`]).*\1$/s.test(secret)) {
    throw refuse(
      "is in quotes: an env file that no shell reads keeps them. Remove them; if they truly are part of the secret, give it as bytes.",
    );
  }
  const other = others.find(({ prefix }) => secret.startsWith(prefix));
  if (other !== undefined) {
    throw refuse(
      `begins with "${other.prefix}", so it is ${other.what}, not the secret that webhooks are signed with. Copy that from the webhook's own page.`,
    );
  }
}

/** The list of secrets, each one checked. @throws ConfigurationError */
export function secretList(secrets: Secrets | undefined | null, others: readonly NotSecret[] = []): readonly Secret[] {
  const list = Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret];
  if (list.length === 0) throw new ConfigurationError("secret", "secret is an empty list: give at least one secret.");
  if (list.length > MAX_SECRETS)
    throw new ConfigurationError("secret", `secret lists more than ${MAX_SECRETS} secrets.`);
  for (const secret of list) checkSecret(secret, others);
  return list;
}
