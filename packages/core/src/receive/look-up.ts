import { adopt, andThen, guarded, isPromise, type MaybePromise } from "../lib/promises.ts";
import type { KeyWanted, Secrets } from "../scheme/secret.ts";
import { within } from "../time/clock.ts";
import type { Arrival } from "./arrival.ts";
import type { Refusal } from "./refusal.ts";

/** Finds the keys of this request's own secret: a refusal where there are none. */
export function lookUp(arrival: Arrival, wanted?: KeyWanted): MaybePromise<Refusal | undefined> {
  const { settings, head, context } = arrival;
  const { lookup, clock, timeout, ring } = settings;
  const failed = (cause: unknown): Refusal =>
    arrival.refuse(
      "secret_unavailable",
      cause instanceof Error && cause.name === "ConfigurationError" ? cause.message : "it failed",
      cause,
    );
  const late = () => Promise.reject(new Error("it took too long"));
  const use = (secrets: Secrets | null | undefined): Refusal | undefined => {
    if (secrets === null) return arrival.refuse("unknown_sender");
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
