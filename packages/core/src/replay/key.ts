import { platform } from "#crypto";
import { Unusable } from "../body/payload.ts";
import type { RequestHead } from "../head/head.ts";
import { andThen, type Maybe } from "../lib/promises.ts";
import type { Delivery } from "../receive/delivery.ts";
import type { Provider } from "../scheme/provider.ts";
import type { ReplaySettings } from "./settings.ts";

/** Where a key comes from, which says how strong it is: from signed content, or from a body that a token let through. */
export interface ReplayKey {
  /** Namespaced, hashed, of bounded length: what the store sees. */
  readonly stored: string;
  /** The idempotency key as the payload has it, where it has one. */
  readonly plain: string | undefined;
}

/**
 * The key of a proven delivery: the user's own, else the provider's idempotency key, else a digest of the signed
 * content. Never the signature: a header that is signed under two secrets must not count twice.
 *
 * @param own the payload as the provider means it, before a schema that may have dropped the key
 */
export function replayKey(
  settings: ReplaySettings,
  provider: Provider,
  own: unknown,
  delivery: Delivery<never>,
  request: { readonly head: RequestHead; readonly context: unknown; contentDigest(): Maybe<string> },
): Maybe<ReplayKey | undefined> {
  const payload = own instanceof Unusable ? undefined : own;
  const plain =
    settings.from === undefined ? provider.key?.(payload as never, { id: delivery.id }) : settings.from(delivery);
  const space =
    typeof settings.namespace === "string"
      ? settings.namespace
      : settings.namespace(request.head, request.context as never);
  const usable = typeof plain === "string" && plain !== "";
  if (!usable && (settings.keyRequired || provider.scheme.kind === "token")) return undefined;
  const digest = usable ? platform.textDigest(JSON.stringify([space, plain])) : inSpace(request.contentDigest(), space);
  return andThen(digest, (text) => ({
    stored: `${provider.name}:${usable ? "k" : "c"}:${text}`,
    plain: usable ? plain : undefined,
  }));
}

function inSpace(digest: Maybe<string>, space: string): Maybe<string> {
  return space === "" ? digest : andThen(digest, (text) => platform.textDigest(JSON.stringify([space, text])));
}
