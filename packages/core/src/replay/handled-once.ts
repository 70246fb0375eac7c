import { platform } from "#crypto";
import { isObserved } from "#diagnostics";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { Provider } from "../scheme/provider.ts";
import { Claim } from "./claim.ts";
import type { Replay, ReplayContext, Taken, TakenFrom } from "./engine.ts";
import { replayKey } from "./key.ts";
import type { ReplayKey } from "./name.ts";
import type { ReplayOptions } from "./options.ts";
import { type ReplaySettings, resolveReplay } from "./settings.ts";
import { checkSharing } from "./sharing.ts";

/** The engine of one verifier, over any store. @throws ConfigurationError */
export function openReplay(provider: Provider, options: ReplayOptions<never, any>, context: ReplayContext): Replay {
  const settings = resolveReplay(provider, options, context);
  const { store, namespace } = settings;
  if (context.secrets !== undefined && typeof namespace === "string")
    checkSharing(store, provider.name, namespace, context.secrets);
  return new HandledOnce(provider, settings);
}

/** Bodies up to here are hashed once more, to be told from others under one id: about a millisecond for the longest. */
const COMPARED = 1_048_576;

class HandledOnce implements Replay {
  readonly #provider: Provider;
  readonly #settings: ReplaySettings;

  constructor(provider: Provider, settings: ReplaySettings) {
    this.#provider = provider;
    this.#settings = settings;
  }

  take({ payload, delivery, subject }: TakenFrom): MaybePromise<Taken> {
    return andThen(replayKey(this.#settings, this.#provider, payload, delivery, subject), (key) => {
      if (key === undefined) return { state: this.#settings.keyRequired ? "missing_key" : "unkeyed" };
      // Content that is its own key has no other body; and where nobody listens, nobody is told of one.
      if (key.plain === undefined || !(this.#settings.onFailure !== undefined || isObserved("store")))
        return this.#claim(key);
      const { body } = delivery as { readonly body: Uint8Array };
      if (body.length > COMPARED) return this.#claim(key);
      return andThen(platform.digest("sha256", body, "hex"), (digest) => this.#claim(key, digest.slice(0, 16)));
    });
  }

  #claim(key: ReplayKey, body?: string): MaybePromise<Taken> {
    const claim = new Claim(key, this.#settings, body);
    return andThen(claim.take(), (state) => {
      if (state === "full") claim.report("claim", "full");
      return { state, claim, plain: key.plain, shown: claim.key };
    });
  }
}
