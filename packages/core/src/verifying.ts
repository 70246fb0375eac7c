import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import { Answer, Refusal } from "./answer.ts";
import { parseForm } from "./body/form.ts";
import { parseLossless } from "./body/json.ts";
import { decodeText } from "./body/text.ts";
import { Delivery, type DeliveryFacts } from "./delivery.ts";
import type { WebhookErrorCode } from "./errors.ts";
import type { Key } from "./keys.ts";
import { adopt, andThen, isPromise, type Maybe } from "./maybe.ts";
import type { Settings } from "./options.ts";
import type { HandshakeTools, Reply, RequestHead } from "./provider.ts";
import { Claim, notify } from "./replay/claim.ts";
import { type ReplayKey, replayKey } from "./replay/key.ts";
import { judge } from "./replay/window.ts";
import { describeIssues, type StandardResult } from "./schema.ts";
import type { Proof, SignatureScheme } from "./scheme/proof.ts";

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

  /** Everything after the verdict: payload, handshake, schema, the body's own time, claim. */
  accept(facts: Facts, body: Uint8Array): Maybe<Delivery | Answer> {
    const parsed = this.parse(facts, body);
    if (parsed instanceof Refusal) return parsed;
    const { handshake } = this.settings.provider;
    if (handshake?.proven !== undefined) {
      return andThen(adopt(handshake.proven(parsed, this.tools(facts.keys))), (reply) =>
        reply === undefined ? this.shape(facts, body, parsed) : replyAnswer(reply),
      );
    }
    return this.shape(facts, body, parsed);
  }

  tools(keys: readonly Key[] | undefined): HandshakeTools {
    return {
      setting: this.settings.handshake,
      equal: (a, b) => platform.equal(a, b),
      hmac: (text) => {
        const bytes = new TextEncoder().encode(text);
        return keys?.[0]?.mac?.mac({ before: "", body: bytes, after: "" }, "hex") ?? "";
      },
    };
  }

  private parse(facts: Facts, body: Uint8Array): unknown {
    const { payload: kind, provider } = this.settings;
    if (kind === "raw") return body;
    const text = decodeText(body);
    if (text === undefined) return this.refuseProven(facts, "malformed_text", "");
    const form = kind === "form" || (provider.formField !== undefined && facts.isForm());
    if (form) {
      const fields = parseForm(text);
      if (fields === undefined) return this.refuseProven(facts, "malformed_payload", "the form has a broken escape");
      const json =
        kind === "form" || provider.formField === undefined || provider.formField === ""
          ? undefined
          : fields[provider.formField];
      return typeof json === "string" ? this.parseJson(facts, json) : fields;
    }
    if (text === "" && provider.emptyBody === true) return undefined;
    return this.parseJson(facts, text);
  }

  private parseJson(facts: Facts, text: string): unknown {
    try {
      return this.settings.provider.losslessIntegers === true ? parseLossless(text) : JSON.parse(text);
    } catch {
      // The parser's own message quotes the body, which may be secret.
      return this.refuseProven(facts, "malformed_payload", text === "" ? "the body is empty" : "it is not valid JSON");
    }
  }

  private shape(facts: Facts, body: Uint8Array, value: unknown): Maybe<Delivery | Answer> {
    const { provider, payload: kind, schema } = this.settings;
    let payload = value;
    if (provider.normalize !== undefined && kind !== "raw" && value !== undefined) {
      try {
        payload = provider.normalize(value);
      } catch (cause) {
        return this.refuseProven(
          facts,
          "malformed_payload",
          cause instanceof Error ? cause.message : "it has another shape",
          cause,
        );
      }
    }
    const late = this.judgePayload(facts, payload);
    if (late !== undefined) return late;
    if (schema === undefined) return this.claim(facts, body, payload);
    let result: Maybe<StandardResult<unknown>>;
    try {
      result = adopt(schema["~standard"].validate(payload));
    } catch (cause) {
      return this.refuseProven(facts, "invalid_payload", "the validator threw", cause);
    }
    const next = (outcome: StandardResult<unknown>): Maybe<Delivery | Answer> =>
      outcome.issues === undefined
        ? this.claim(facts, body, outcome.value)
        : this.refuseProven(facts, "invalid_payload", describeIssues(outcome));
    if (!isPromise(result)) return next(result);
    return result.then(next, (cause) => this.refuseProven(facts, "invalid_payload", "the validator threw", cause));
  }

  /** The window over a time that stands in the proven payload. */
  private judgePayload(facts: Facts, payload: unknown): Refusal | undefined {
    const { provider, window, clock } = this.settings;
    if (provider.occurredAt === undefined || window === undefined || this.settings.payload === "raw") return undefined;
    const at = provider.occurredAt(payload as never);
    if (at === undefined || !Number.isFinite(at)) {
      return this.refuseProven(
        facts,
        "malformed_payload",
        "it does not say when it was made, and a tolerance asks for that",
      );
    }
    return this.judgeTime(at, clock.now(), facts.head, facts.context, true);
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

  private claim(facts: Facts, body: Uint8Array, payload: unknown): Maybe<Delivery | Answer> {
    const { replay, provider } = this.settings;
    const made: DeliveryFacts<unknown> = {
      provider: this.name,
      payload,
      body,
      timestamp: facts.proof === undefined ? Number.NaN : facts.proof.timestamp,
      id: facts.proof?.id,
      secretIndex: facts.secretIndex,
    };
    const delivery = new Delivery(made);
    if (replay === undefined) return delivery;
    const take = (key: ReplayKey | undefined): Maybe<Delivery | Answer> => {
      if (key === undefined) return replay.keyRequired ? this.refuseProven(facts, "missing_key", "") : delivery;
      const claim = new Claim(key.stored, replay);
      return andThen(claim.take(), (state) => this.claimed(state, facts, made, claim, key.plain));
    };
    try {
      return andThen(replayKey(replay, provider, delivery as Delivery<never>, facts), take);
    } catch (cause) {
      // The user's key or namespace function: without it nothing may be claimed, and nothing may pass unclaimed.
      return this.refuseProven(facts, "store_unavailable", "the key or namespace function threw", cause);
    }
  }

  private claimed(
    state: "new" | "busy" | "done" | "full" | "failed",
    facts: Facts,
    made: DeliveryFacts<unknown>,
    claim: Claim,
    key: string | undefined,
  ): Delivery | Answer {
    switch (state) {
      case "new":
        return new Delivery(made, claim, key);
      case "busy":
        return this.refuseProven(facts, "in_progress", "");
      case "done":
        return this.settings.onDuplicate === "refuse"
          ? this.refuseProven(facts, "duplicate", "")
          : new Delivery(made, undefined, key ?? claim.key, true);
      default: {
        if (state === "full") claim.report("claim", "full");
        if (this.settings.replay?.open === true) return new Delivery(made, undefined, key);
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
