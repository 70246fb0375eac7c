import { platform } from "#crypto";
import type { Answer } from "../errors/errors.ts";
import { toHex, utf8 } from "../lib/bytes.ts";
import { guarded, type MaybePromise } from "../lib/promises.ts";
import type { HandshakeTools } from "../scheme/provider.ts";
import type { Key } from "../secret/keys.ts";
import type { Arrival } from "./arrival.ts";
import type { Settings } from "./settings.ts";

/** What a provider's handshake may use. */
export function handshakeTools(settings: Settings, keys: readonly Key[] | undefined): HandshakeTools {
  return {
    setting: settings.handshake,
    // The platform compares one byte a character; as hex, any text is that.
    equal: (a, b) => platform.equal(toHex(utf8(a)), toHex(utf8(b))),
    hmac: (text) => keys?.[0]?.mac?.mac({ before: "", body: utf8(text), after: "" }, "hex") ?? "",
  };
}

/** The answer to a set-up request that is not signed; `undefined` when this is none. */
export function answerOpen(arrival: Arrival): MaybePromise<Answer | undefined> {
  const { settings, head } = arrival;
  const { handshake } = settings.provider;
  if ((handshake?.method ?? "POST") !== (head.method ?? "POST")) return undefined;
  return guarded(
    () => handshake?.open?.(head, queryOf(head.url), handshakeTools(settings, settings.keys)),
    (cause) => arrival.refuse("secret_unavailable", "the handshake function failed", cause),
  );
}

/** The answer to a set-up request that is proven; `undefined` when this is an ordinary event. */
export function answerProven(arrival: Arrival, payload: unknown): MaybePromise<Answer | undefined> {
  const { settings, keys } = arrival;
  const { handshake } = settings.provider;
  return guarded(
    () => handshake?.proven?.(payload, handshakeTools(settings, keys)),
    (cause) => arrival.refuse("malformed_payload", "the handshake cannot be read", cause),
  );
}

function queryOf(url: string | undefined): URLSearchParams {
  const start = url?.indexOf("?") ?? -1;
  return new URLSearchParams(start === -1 ? "" : url?.slice(start + 1).split("#")[0]);
}
