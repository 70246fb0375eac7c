import { platform } from "#crypto";
import { ConfigurationError } from "../errors/errors.ts";
import { adopt, andThen, type MaybePromise } from "../lib/promises.ts";
import type { Provider } from "../scheme/provider.ts";
import { coversBody } from "../scheme/scheme.ts";
import type { ReplaySubject } from "./engine.ts";
import type { ReplayKey, StoredName } from "./name.ts";
import type { ReplaySettings } from "./settings.ts";

/** The user's `key` or `namespace` function gave what can be no key: a mistake of set-up. */
export class UnusableKey extends Error {
  override readonly name = "UnusableKey";
}

/** Stores of another version of this format are told apart by it; nothing shows it. */
const VERSION = 2;

/**
 * The names of a proven delivery. Two, where there is an id (the user's own key, or the provider's): the id joins
 * retries that are signed anew, and the digest of the signed content knows a captured request whose id was hidden or
 * changed. Never the signature: a header that is signed under two secrets must not count twice.
 *
 * @param payload as the provider means it, before a schema that may have dropped the key
 * @returns nothing where there is no key although one is needed
 * @throws UnusableKey
 */
export function replayKey(
  settings: ReplaySettings,
  provider: Provider,
  payload: unknown,
  delivery: unknown,
  subject: ReplaySubject,
): MaybePromise<ReplayKey | undefined> {
  const { from, namespace } = settings;
  const key =
    from === undefined ? provider.key?.(payload as never, { id: subject.id }) : adopt(from(delivery as never));
  const space = typeof namespace === "string" ? namespace : adopt(namespace(subject.head, subject.context as never));
  return andThen(key, (value) =>
    andThen(space, (text) => name(settings, provider, subject, plainKey(value), spaceOf(text))),
  );
}

function name(
  settings: ReplaySettings,
  provider: Provider,
  subject: ReplaySubject,
  plain: string | undefined,
  space: string,
): MaybePromise<ReplayKey | undefined> {
  // Rows that share their keys are joined by the body, whichever of them proves it.
  const signs = coversBody(provider.scheme) || settings.family !== undefined;
  if (plain === undefined && (settings.keyRequired || !signs)) return undefined;
  const owner = settings.family === undefined ? provider : { name: settings.family };
  const digested = signs && (plain === undefined || settings.twins);
  return andThen(tagOf(space), (tag) =>
    andThen(digested ? inSpace(subject.contentDigest(), space) : undefined, (digest) => {
      const content = digest === undefined ? undefined : named(owner, tag, "c", digest);
      if (plain === undefined) return { first: content as StoredName, twin: undefined, plain };
      const own = owner.name === provider.name ? undefined : provider.name;
      return andThen(digestOf(plain, space, own), (text) => ({
        first: named(owner, tag, "k", text),
        twin: content,
        plain,
      }));
    }),
  );
}

/** What a log line or a callback has in its hands when there is no id: the digest by which failures name a delivery. */
export interface ReportedKey {
  /** `failure.key`, or the `key` of a delivery that has no id: `"stripe:k:…"`, `"tailscale:c:…"`. */
  readonly reported: string;
}

/** What the verifier was given beside the id. */
export interface ReplayKeyOptions {
  /** The verifier's `replay.namespace` for this delivery; default none. */
  readonly namespace?: string;
}

/**
 * The key under which a store of this package knows a delivery, for its `inspect()` and `forget()`.
 *
 * @param id what the provider calls the delivery (or what your own `key` gave), or the key that a report has
 * @throws ConfigurationError when what was reported is no key of this provider
 * @example
 * ```ts
 * import { memoryReplayStore, replayKeyOf } from "@countersign/core";
 * import { stripe } from "@countersign/core/providers";
 *
 * const store = memoryReplayStore();
 * const known = store.inspect(await replayKeyOf(stripe, "evt_42"));
 * console.log(known === undefined ? "never seen, or forgotten" : `${known.state} at ${known.at?.toISOString()}`);
 * ```
 */
export async function replayKeyOf(
  provider: Provider<any>,
  id: string | number | bigint | ReportedKey,
  { namespace = "" }: ReplayKeyOptions = {},
): Promise<string> {
  const tag = await tagOf(namespace);
  if (typeof id !== "object") return named(provider, tag, "k", await digestOf(String(id), namespace)).stored;
  const [, kind, digest] = /:([ck]):([\w-]{43})$/.exec(id.reported) ?? [];
  const { shown, stored } = named(provider, tag, kind as "c" | "k", digest as string);
  if (shown === id.reported) return stored;
  throw new ConfigurationError(
    "id",
    `id.reported must be what a report of ${provider.name} has: "${provider.name}:k:…".`,
  );
}

/** @param own the row's name, where another row's stands in the key */
function digestOf(plain: string, space: string, own?: string): MaybePromise<string> {
  return platform.textDigest(JSON.stringify(own === undefined ? [space, plain] : [space, plain, own]));
}

function named({ name }: { readonly name: string }, tag: string, kind: "k" | "c", digest: string): StoredName {
  return { shown: `${name}:${kind}:${digest}`, stored: `{${name}${tag}}:${VERSION}:${kind}:${digest}` };
}

/** What keys of one namespace are kept together by on a cluster. */
function tagOf(space: string): MaybePromise<string> {
  return space === "" ? "" : andThen(platform.textDigest(space), (text) => `:${text.slice(0, 10)}`);
}

function inSpace(digest: MaybePromise<string>, space: string): MaybePromise<string> {
  return space === "" ? digest : andThen(digest, (text) => platform.textDigest(JSON.stringify([space, text])));
}

/** Text as it is, whole numbers as text; nothing for what is missing. */
function plainKey(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  throw new UnusableKey(
    `key gave ${typeof value === "number" ? `the number ${value}` : `a value of type ${typeof value}`}: it must give text or a whole number that a double can hold, or undefined where there is none.`,
  );
}

function spaceOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new UnusableKey(`replay.namespace gave a value of type ${typeof value}: it must give text.`);
}
