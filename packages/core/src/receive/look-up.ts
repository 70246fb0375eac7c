import { adopt, andThen, guarded, isPromise, type MaybePromise } from "../lib/promises.ts";
import type { KeyWanted, Secrets } from "../scheme/secret.ts";
import { within } from "../time/clock.ts";
import type { Arrival } from "./arrival.ts";

/** Why a request has no keys: nobody is told of it before that is the verdict. */
export interface NoKeys {
  readonly code: "secret_unavailable" | "unknown_sender";
  readonly detail: string;
  readonly cause?: unknown;
}

const UNKNOWN: NoKeys = Object.freeze({ code: "unknown_sender", detail: "" });

/** Finds the keys of this request's own secret, or says why there are none. */
export function lookUp(arrival: Arrival, wanted?: KeyWanted): MaybePromise<NoKeys | undefined> {
  const { settings, head, context } = arrival;
  const { lookup, clock, timeout, ring } = settings;
  const failed = (cause: unknown): NoKeys => ({
    code: "secret_unavailable",
    detail: cause instanceof Error && cause.name === "ConfigurationError" ? cause.message : "it failed",
    cause,
  });
  const late = () => Promise.reject(new Error("it took too long"));
  const use = (secrets: Secrets | null | undefined): NoKeys | undefined => {
    if (secrets === null) return UNKNOWN;
    arrival.looked = secrets;
    arrival.keys = ring.find(secrets as Secrets, (mistake) => arrival.passedOver(mistake));
    return undefined;
  };
  return guarded(() => {
    const find = lookup as NonNullable<typeof lookup>;
    const found = adopt(wanted === undefined ? find(head, context) : find(head, context, wanted));
    return andThen(isPromise(found) ? within(clock, timeout, found, late) : found, use);
  }, failed);
}
