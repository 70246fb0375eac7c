import { isObserved, publish } from "#diagnostics";
import { ownPayload, payloadAs, Unusable } from "../body/payload.ts";
import { decodeText } from "../body/text.ts";
import type { Answer } from "../errors/errors.ts";
import { adopt, andThen, guarded, type MaybePromise } from "../lib/promises.ts";
import type { Replay, Taken } from "../replay/engine.ts";
import type { Arrival } from "./arrival.ts";
import { Delivery } from "./delivery.ts";
import { answerProven } from "./handshake.ts";
import { handOver, signedUrlOf } from "./inspect.ts";
import { KEPT, keep } from "./keep.ts";
import type { AcceptNotice } from "./notices.ts";
import { Refusal } from "./refusal.ts";
import { describeIssues, type StandardResult, type StandardSchema } from "./schema.ts";

/** A request after the verdict. */
interface Proven {
  readonly arrival: Arrival;
  readonly body: Uint8Array | string;
  /** The payload as the provider means it, or why it is none. */
  readonly own: unknown;
  /** What the handler is given. */
  payload: unknown;
}

/** Everything after the verdict: payload, handshake, the body's own time, schema, claim. */
export function accept(arrival: Arrival, body: Uint8Array | string): MaybePromise<Delivery | Answer> {
  const { inspection } = arrival;
  if (inspection !== undefined) {
    const { secretIndex, time } = arrival;
    const signed = Number.isNaN(time) ? {} : { timestamp: time };
    inspection.tell("verdict", "genuine", { secretIndex, ...signed, ...signedUrlOf(arrival.proof?.url) });
  }
  const result = decide(arrival, body);
  return isObserved("accept") || inspection !== undefined ? andThen(result, (found) => told(arrival, found)) : result;
}

function told({ provider, head, inspection }: Arrival, result: Delivery | Answer): Delivery | Answer {
  if (inspection !== undefined) {
    if (result instanceof Delivery) handOver(result, inspection);
    else if (result === KEPT) inspection.tell("settled", "kept in the inbox", { status: result.status });
    else if (!(result instanceof Refusal)) inspection.tell("verdict", "handshake", { status: result.status });
  }
  const delivery = result instanceof Delivery ? { delivery: result } : {};
  if (result instanceof Delivery || result === KEPT) {
    publish("accept", { provider, request: head, ...delivery } satisfies AcceptNotice);
  }
  return result;
}

function decide(arrival: Arrival, body: Uint8Array | string): MaybePromise<Delivery | Answer> {
  const { native, payload: kind, provider, needsOwn } = arrival.settings;
  const own = native || isNeeded(needsOwn, body) ? ownPayload(provider, body, arrival.head) : undefined;
  const payload = native ? own : payloadAs(kind, provider, body);
  if (payload instanceof Unusable) return arrival.refuse(payload.code, payload.detail, payload.cause);
  const proven: Proven = { arrival, body, own, payload };
  if (provider.handshake?.proven === undefined || own instanceof Unusable) return judge(proven);
  return andThen(answerProven(arrival, own), (answer) => answer ?? judge(proven));
}

function isNeeded(needs: boolean | string, body: Uint8Array | string): boolean {
  return typeof needs === "string" ? decodeText(body)?.includes(needs) === true : needs;
}

/** The window over a time inside the proven body, then the schema. */
function judge(proven: Proven): MaybePromise<Delivery | Answer> {
  const { provider, window, schema, replay } = proven.arrival.settings;
  if (provider.occurredAt !== undefined && window !== undefined) {
    const refusal = judgeOccurred(proven);
    if (refusal !== undefined) return refusal;
  }
  if (schema === undefined) return replay === undefined ? deliver(proven) : claim(proven, replay);
  return andThen(
    validate(proven, schema),
    (refusal) => refusal ?? (replay === undefined ? deliver(proven) : claim(proven, replay)),
  );
}

function deliver({ arrival, payload, body }: Proven): Delivery {
  return new Delivery(arrival, payload, body);
}

function judgeOccurred({ arrival, own }: Proven): Refusal | undefined {
  const at = own instanceof Unusable ? undefined : timeOf(arrival, own);
  return at === undefined || !Number.isFinite(at)
    ? arrival.refuse("malformed_payload", "it does not say when it was made, and a tolerance asks for that")
    : arrival.judgeTime(at);
}

/** A payload that the provider's own rule cannot read says nothing. */
function timeOf({ settings }: Arrival, payload: unknown): number | undefined {
  try {
    return settings.provider.occurredAt?.(payload as never);
  } catch {
    return undefined;
  }
}

/** Puts the schema's output in the payload's place, or refuses. */
function validate(proven: Proven, schema: StandardSchema): MaybePromise<Refusal | undefined> {
  const { arrival, payload } = proven;
  const judged = (result: StandardResult<unknown>): Refusal | undefined => {
    if (result.issues !== undefined) return arrival.refuse("invalid_payload", describeIssues(result));
    proven.payload = result.value;
    return undefined;
  };
  return guarded<Refusal | undefined, Refusal>(
    () => andThen(adopt(schema["~standard"].validate(payload)), judged),
    (cause) => arrival.refuse("invalid_payload", "the validator threw", cause),
  );
}

/** Claims the delivery, and decides by what the store says. */
function claim(proven: Proven, replay: Replay): MaybePromise<Delivery | Answer> {
  const { arrival, own } = proven;
  const payload = own instanceof Unusable ? undefined : own;
  return guarded<Delivery | Answer, Refusal>(
    () =>
      andThen(replay.take({ payload, delivery: deliver(proven), subject: arrival }), (taken) => claimed(proven, taken)),
    // The user's key or namespace function: without it nothing may be claimed, and nothing may pass unclaimed.
    (cause) =>
      cause instanceof Error && cause.name === "UnusableKey"
        ? arrival.refuse("misconfigured", cause.message, cause)
        : arrival.refuse("store_unavailable", "the key or namespace function threw", cause),
  );
}

const STATES: Readonly<Record<Taken["state"], string>> = {
  new: "claimed",
  unkeyed: "nothing to know it by",
  missing_key: "its key is missing",
  busy: "in hand elsewhere",
  done: "handled before",
  full: "the store is full",
  failed: "the store failed",
};

function claimed(
  { arrival, payload, body }: Proven,
  { state, claim, plain, shown }: Taken,
): MaybePromise<Delivery | Answer> {
  const { onDuplicate, openOnFailure, inbox } = arrival.settings;
  const { inspection } = arrival;
  const watched = claim === undefined ? undefined : (inspection?.watch(claim) ?? claim);
  inspection?.tell("claim", STATES[state], { ok: state === "new" || state === "unkeyed" });
  switch (state) {
    case "new":
      if (inbox !== undefined) return keep(arrival, inbox, body, claim);
      return new Delivery(arrival, payload, body, { claim: watched, key: plain ?? shown });
    case "unkeyed":
      if (inbox !== undefined) return keep(arrival, inbox, body, undefined);
      return new Delivery(arrival, payload, body);
    case "missing_key":
      return arrival.refuse("missing_key");
    case "busy":
      return arrival.refuse("in_progress");
    case "done":
      if (onDuplicate === "refuse") return arrival.refuse("duplicate");
      if (onDuplicate === "success") {
        const answer = arrival.duplicate();
        inspection?.tell("settled", "answered as handled before", { status: answer.status });
        return answer;
      }
      return new Delivery(arrival, payload, body, { key: plain ?? shown, duplicate: true });
    default:
      if (openOnFailure) return new Delivery(arrival, payload, body, { key: plain });
      return arrival.refuse(
        "store_unavailable",
        state === "full" ? "it is full of live keys" : "it failed or took too long",
      );
  }
}
