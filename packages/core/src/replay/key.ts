import { platform } from "#crypto";
import type { RequestHead } from "../head/head.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { Provider } from "../scheme/provider.ts";
import type { ReplaySettings } from "./settings.ts";

/** What a replay store knows a delivery by. */
export interface ReplayKey {
  /** Namespaced, hashed, of bounded length: what the store sees. */
  readonly stored: string;
  /** The idempotency key as the payload has it, where it has one. */
  readonly plain: string | undefined;
}

/** What of a proven request a key is made of. */
export interface ReplaySubject {
  readonly head: RequestHead;
  readonly context: unknown;
  /** The signed delivery id, where there is one. */
  readonly id: string | undefined;
  /** SHA-256 of the signed content, base64url. */
  contentDigest(): MaybePromise<string>;
}

/**
 * The key of a proven delivery: the user's own, else the provider's idempotency key, else a digest of the signed
 * content. Never the signature: a header that is signed under two secrets must not count twice.
 *
 * @param payload as the provider means it, before a schema that may have dropped the key
 */
export function replayKey(
  settings: ReplaySettings,
  provider: Provider,
  payload: unknown,
  delivery: unknown,
  subject: ReplaySubject,
): MaybePromise<ReplayKey | undefined> {
  const { from, namespace } = settings;
  const key = from === undefined ? provider.key?.(payload as never, { id: subject.id }) : from(delivery as never);
  const space = typeof namespace === "string" ? namespace : namespace(subject.head, subject.context as never);
  const plain = typeof key === "string" && key !== "" ? key : undefined;
  if (plain === undefined && (settings.keyRequired || provider.scheme.kind === "token")) return undefined;
  const digest =
    plain === undefined ? inSpace(subject.contentDigest(), space) : platform.textDigest(JSON.stringify([space, plain]));
  return andThen(digest, (text) => ({ stored: `${provider.name}:${plain === undefined ? "c" : "k"}:${text}`, plain }));
}

function inSpace(digest: MaybePromise<string>, space: string): MaybePromise<string> {
  return space === "" ? digest : andThen(digest, (text) => platform.textDigest(JSON.stringify([space, text])));
}
