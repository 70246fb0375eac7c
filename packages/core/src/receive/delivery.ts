import { decodeText } from "../body/text.ts";
import { WebhookError } from "../errors/errors.ts";
import { toBytes } from "../lib/bytes.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { HeldClaim } from "../replay/engine.ts";

/** Who sent a request, when, and under which secret, once its signature or credential was found right. */
export interface ProvenRequest {
  /** The name of the row under which it was proven, such as `"stripe"`. */
  readonly provider: string;
  /** The signed delivery id, such as Standard Webhooks' `webhook-id`; `undefined` where the scheme signs none. */
  readonly id: string | undefined;
  /** When it was signed, in milliseconds since the epoch; NaN where no time is signed. */
  readonly time: number;
  /** Which of the active secrets matched, counted from 0: tells when a rotation is over. */
  readonly secretIndex: number;
}

/** What the replay store says of a delivery. */
export interface Known {
  /** Absent without a replay store, and when the store was down and `onStoreFailure` is `"open"`. */
  readonly claim?: HeldClaim | undefined;
  /** The idempotency key, else the stored digest of the content; absent without a store. */
  readonly key?: string | undefined;
  /** True when it was handled before and `onDuplicate` is `"handle"`. */
  readonly duplicate?: boolean;
}

const UNKNOWN: Known = {};
const NOTHING: Readonly<Record<string, string>> = Object.freeze({});
const NEVER = new AbortController().signal;

/**
 * A webhook that is proven: who sent it, that it is whole, and that it is fresh where the provider's scheme says when
 * it was made.
 *
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 * import { signedRequest } from "@countersign/core/testing";
 *
 * const secret = "tskey-webhook-xxxxx";
 * const delivery = await createVerifier(tailscale, { secret }).verify(await signedRequest(tailscale, { secret, payload: [] }));
 * console.log(delivery.provider, delivery.payload.length); // tailscale 0
 * ```
 */
export class Delivery<Payload = unknown> {
  /** The name of its row, such as `"stripe"`, as it appears in errors and metrics. */
  readonly provider: string;
  /** What was sent: parsed, and through the schema if there is one. */
  readonly payload: Payload;
  /** The delivery id, where the scheme signs one. */
  readonly id: string | undefined;
  /** Which of the active secrets matched; 0 for the first. Anything else says that the sender still uses an older one. */
  readonly secretIndex: number;
  /** What the replay store knows it by: the idempotency key, else the stored digest. Absent without a store. */
  readonly key: string | undefined;
  /** True when it was handled before and `onDuplicate` is `"handle"`, or when `verify()` met it again. */
  readonly duplicate: boolean;
  /**
   * Headers that were kept from the handler's own request (`accept`, `range` and the conditional ones): an answer such as
   * 304 that a framework makes of them would read as a failure, and let the delivery in again.
   */
  readonly withheld: Readonly<Record<string, string>> = NOTHING;
  readonly #time: number;
  #body: Uint8Array | string;
  readonly #claim: HeldClaim | undefined;

  /** Made by a verifier alone. */
  constructor(request: ProvenRequest, payload: Payload, body: Uint8Array | string, known: Known = UNKNOWN) {
    this.provider = request.provider;
    this.payload = payload;
    this.#body = body;
    this.id = request.id;
    this.secretIndex = request.secretIndex;
    this.key = known.key;
    this.duplicate = known.duplicate === true;
    this.#time = request.time;
    this.#claim = known.claim;
  }

  /** The bytes: those that were signed, or inflated where the signature covers the compressed ones. */
  get body(): Uint8Array {
    this.#body = toBytes(this.#body);
    return this.#body;
  }

  /** When it was signed, as the request says and its signature proves; `undefined` where the scheme signs no time. */
  get timestamp(): Date | undefined {
    return Number.isNaN(this.#time) ? undefined : new Date(this.#time);
  }

  /** True while a claim is held that somebody must settle. */
  get claimed(): boolean {
    return this.#claim !== undefined;
  }

  /**
   * The body as text.
   *
   * @throws WebhookError `malformed_text` when it is not UTF-8, which only a raw payload can be
   */
  text(): string {
    const text = decodeText(this.#body);
    if (text === undefined)
      throw new WebhookError("malformed_text", "The body is not valid UTF-8.", { provider: this.provider });
    return text;
  }

  /** Says that it was handled: the same delivery is not let in again. False when the claim was lost meanwhile. */
  async commit(): Promise<boolean> {
    return this.#claim === undefined ? true : this.#claim.commit();
  }

  /** Says that it was not handled: the provider's retry is let in at once. */
  async release(): Promise<boolean> {
    return this.#claim === undefined ? true : this.#claim.release();
  }

  /** Keeps the claim for another lease. Adapters do so by themselves while the handler works. */
  async extend(): Promise<boolean> {
    return this.#claim === undefined ? true : this.#claim.extend();
  }

  /** Extends the claim by itself until it is settled, for an hour at most. Adapters call it when they call the handler. */
  hold(): void {
    this.#claim?.hold();
  }

  /**
   * Ends when the claim is lost: a process that was frozen for longer than its lease, or a store that forgot, may mean
   * that the delivery is handled elsewhere. Pass it on to what can be stopped. Without a claim it never ends.
   */
  get signal(): AbortSignal {
    return this.#claim === undefined ? NEVER : this.#claim.signal;
  }

  /** Bounds for how long the claim is extended from now on: nobody waits for the handler any more. For adapters. */
  holdFor(milliseconds: number): void {
    this.#claim?.holdFor(milliseconds);
  }

  /** Commits a success and releases anything else: at once where the store answers at once. For adapters. */
  settle(success: boolean): MaybePromise<boolean> {
    if (this.#claim === undefined) return true;
    return success ? this.#claim.commit() : this.#claim.release();
  }
}
