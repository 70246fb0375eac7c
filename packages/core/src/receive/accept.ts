import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import { ownPayload, payloadAs, Unusable } from "../body/payload.ts";
import type { WebhookErrorCode } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { toHex, utf8 } from "../lib/bytes.ts";
import { adopt, andThen, isPromise, type Maybe } from "../lib/promises.ts";
import { Claim, notify } from "../replay/claim.ts";
import { type ReplayKey, replayKey } from "../replay/key.ts";
import type { ReplaySettings } from "../replay/settings.ts";
import { judge } from "../replay/window.ts";
import type { Proof, SignatureScheme } from "../scheme/compile.ts";
import type { HandshakeTools, Reply } from "../scheme/provider.ts";
import type { Key } from "../secret/keys.ts";
import { Answer, Refusal } from "./answer.ts";
import { Delivery } from "./delivery.ts";
import type { Settings } from "./options.ts";
import { describeIssues, type StandardResult } from "./schema.ts";

/** A proven request on its way to becoming a delivery. */
export interface Facts {
  readonly head: RequestHead;
  readonly context: unknown;
  readonly proof: Proof | undefined;
  readonly secretIndex: number;
  readonly keys: readonly Key[];
  isForm(): boolean;
  /** SHA-256 of the signed content, base64url. */
  contentDigest(): Maybe<string>;
}

/** What all requests of one verifier share: its settings, how it refuses, and the road from a verdict to a delivery. */
export class Verifying {
  readonly settings: Settings;
  readonly signature: SignatureScheme | undefined;
  private readonly name: string;

  constructor(settings: Settings) {
    this.settings = settings;
    this.signature = settings.signature;
    this.name = settings.provider.name;
  }

  /** Makes a refusal and tells the developer. */
  refuse(
    code: WebhookErrorCode,
    detail: string | number,
    head: RequestHead,
    context: unknown,
    proven: boolean,
    cause?: unknown,
  ): Refusal {
    const { onReject, status } = this.settings;
    const refusal = new Refusal(code, status(code), this.name, detail, proven, cause);
    if (isObserved("reject")) publish("reject", { error: refusal.error, provider: this.name, request: head });
    if (onReject !== undefined) notify(onReject, refusal.error, head, context as undefined);
    return refusal;
  }

  /** Everything after the verdict: payload, handshake, the body's own time, schema, claim. */
  accept(facts: Facts, body: Uint8Array): Maybe<Delivery | Answer> {
    const { native, payload: kind, provider, needsOwn } = this.settings;
    const own = native || needsOwn ? ownPayload(provider, body, () => facts.isForm()) : undefined;
    const payload = native ? own : payloadAs(kind, provider, body);
    if (payload instanceof Unusable) return this.refuseProven(facts, payload.code, payload.detail, payload.cause);
    const { handshake } = provider;
    if (handshake?.proven === undefined || own instanceof Unusable) return this.judged(facts, body, own, payload);
    const answer = (reply: Reply | undefined) =>
      reply === undefined ? this.judged(facts, body, own, payload) : replyAnswer(reply);
    const failed = (cause: unknown) =>
      this.refuseProven(facts, "malformed_payload", "the handshake cannot be read", cause);
    try {
      const reply = adopt(handshake.proven(own, this.tools(facts.keys)));
      return isPromise(reply) ? (reply as Promise<Reply | undefined>).then(answer, failed) : answer(reply);
    } catch (cause) {
      return failed(cause);
    }
  }

  tools(keys: readonly Key[] | undefined): HandshakeTools {
    return {
      setting: this.settings.handshake,
      // The platform compares one byte a character; as hex, any text is that.
      equal: (a, b) => platform.equal(toHex(utf8(a)), toHex(utf8(b))),
      hmac: (text) => {
        return keys?.[0]?.mac?.mac({ before: "", body: utf8(text), after: "" }, "hex") ?? "";
      },
    };
  }

  /** The window over a time that stands in the proven body, then the schema. */
  private judged(facts: Facts, body: Uint8Array, own: unknown, payload: unknown): Maybe<Delivery | Answer> {
    const { provider, window, clock, schema } = this.settings;
    if (provider.occurredAt !== undefined && window !== undefined) {
      const at = own instanceof Unusable ? undefined : this.timeOf(own);
      const late =
        at === undefined || !Number.isFinite(at)
          ? this.refuseProven(
              facts,
              "malformed_payload",
              "it does not say when it was made, and a tolerance asks for that",
            )
          : this.judgeTime(at, clock.now(), facts.head, facts.context, true);
      if (late !== undefined) return late;
    }
    if (schema === undefined) return this.claim(facts, body, own, payload);
    let result: Maybe<StandardResult<unknown>>;
    try {
      result = adopt(schema["~standard"].validate(payload));
    } catch (cause) {
      return this.refuseProven(facts, "invalid_payload", "the validator threw", cause);
    }
    const next = (outcome: StandardResult<unknown>): Maybe<Delivery | Answer> =>
      outcome.issues === undefined
        ? this.claim(facts, body, own, outcome.value)
        : this.refuseProven(facts, "invalid_payload", describeIssues(outcome));
    if (!isPromise(result)) return next(result);
    return result.then(next, (cause) => this.refuseProven(facts, "invalid_payload", "the validator threw", cause));
  }

  /** A payload that the provider's own rule cannot read says nothing. */
  private timeOf(payload: unknown): number | undefined {
    try {
      return this.settings.provider.occurredAt?.(payload as never);
    } catch {
      return undefined;
    }
  }

  /** The window over any signed time. */
  judgeTime(timestamp: number, now: number, head: RequestHead, context: unknown, proven: boolean): Refusal | undefined {
    const { window } = this.settings;
    if (window === undefined) return undefined;
    const verdict = judge(timestamp, now, window);
    if (verdict === "inside") return undefined;
    return verdict === "too_old"
      ? this.refuse("timestamp_too_old", now - timestamp, head, context, proven)
      : this.refuse("timestamp_in_future", timestamp - now, head, context, proven);
  }

  private claim(facts: Facts, body: Uint8Array, own: unknown, payload: unknown): Maybe<Delivery | Answer> {
    const { replay, provider } = this.settings;
    const delivery = new Delivery(this.name, payload, body, facts);
    if (replay === undefined) return delivery;
    try {
      const key = replayKey(replay, provider, own, delivery as Delivery<never>, facts);
      return isPromise(key)
        ? (key as Promise<ReplayKey | undefined>).then((found) => this.take(replay, found, facts, delivery))
        : this.take(replay, key as ReplayKey | undefined, facts, delivery);
    } catch (cause) {
      // The user's key or namespace function: without it nothing may be claimed, and nothing may pass unclaimed.
      return this.refuseProven(facts, "store_unavailable", "the key or namespace function threw", cause);
    }
  }

  private take(
    replay: ReplaySettings,
    key: ReplayKey | undefined,
    facts: Facts,
    delivery: Delivery,
  ): Maybe<Delivery | Answer> {
    if (key === undefined) return replay.keyRequired ? this.refuseProven(facts, "missing_key", "") : delivery;
    const claim = new Claim(key.stored, replay);
    const state = claim.take();
    return isPromise(state)
      ? state.then((known) => this.claimed(known, facts, delivery, claim, key.plain))
      : this.claimed(state, facts, delivery, claim, key.plain);
  }

  private claimed(
    state: "new" | "busy" | "done" | "full" | "failed",
    facts: Facts,
    unclaimed: Delivery,
    claim: Claim,
    key: string | undefined,
  ): Delivery | Answer {
    const { payload, body } = unclaimed;
    switch (state) {
      case "new":
        return new Delivery(this.name, payload, body, facts, claim, key);
      case "busy":
        return this.refuseProven(facts, "in_progress", "");
      case "done":
        return this.settings.onDuplicate === "refuse"
          ? this.refuseProven(facts, "duplicate", "")
          : new Delivery(this.name, payload, body, facts, undefined, key ?? claim.key, true);
      default: {
        if (state === "full") claim.report("claim", "full");
        if (this.settings.replay?.open === true) return new Delivery(this.name, payload, body, facts, undefined, key);
        return this.refuseProven(
          facts,
          "store_unavailable",
          state === "full" ? "it is full of live keys" : "it failed or took too long",
        );
      }
    }
  }

  private refuseProven(facts: Facts, code: WebhookErrorCode, detail: string | number, cause?: unknown): Refusal {
    return this.refuse(code, detail, facts.head, facts.context, true, cause);
  }
}

export function replyAnswer(reply: Reply): Answer {
  return new Answer(reply.status, reply.headers, reply.body);
}
