import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import type { Content, HashStream } from "../crypto/shape.ts";
import type { WebhookErrorCode } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { notify } from "../lib/notify.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { ReplaySubject } from "../replay/key.ts";
import { judgeTime } from "../replay/window.ts";
import type { Proof } from "../scheme/proof.ts";
import type { Key } from "../secret/keys.ts";
import type { ProvenRequest } from "./delivery.ts";
import { Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";

const NO_KEYS: readonly Key[] = [];

/**
 * One request on its way to becoming a delivery: made first, filled by each step with what it found, and asked for the
 * refusal where a step says no.
 */
export class Arrival implements ReplaySubject, ProvenRequest {
  readonly settings: Settings;
  readonly head: RequestHead;
  readonly context: unknown;
  /** The active secrets, prepared. */
  keys: readonly Key[] = NO_KEYS;
  /** What the head claims, for providers that sign. */
  proof: Proof | undefined = undefined;
  /** Which secret matched; -1 until one has: from the head for a static credential, else when the body was compared. */
  secretIndex = -1;
  /** Bytes that the head says the body has, or -1. */
  declared = -1;
  /** How the body is compressed, where it is. */
  encoding: string | undefined = undefined;
  /** What the MAC covers, once the body is there. */
  content: Content | undefined = undefined;
  /** Its digest, where it was made while the body arrived. */
  hash: HashStream | undefined = undefined;

  constructor(settings: Settings, head: RequestHead, context: unknown) {
    this.settings = settings;
    this.head = head;
    this.context = context;
  }

  /** True when the caller is known to be genuine. */
  get proven(): boolean {
    return this.secretIndex >= 0;
  }

  /** The provider's name. */
  get provider(): string {
    return this.settings.provider.name;
  }

  /** When it was signed, in milliseconds since the epoch; NaN where no time is signed. */
  get time(): number {
    return this.proof === undefined ? Number.NaN : this.proof.timestamp;
  }

  /** The signed delivery id, where there is one. */
  get id(): string | undefined {
    return this.proof?.id;
  }

  /** SHA-256 of the signed content, base64url: a replay key where nothing better is signed. */
  contentDigest(): MaybePromise<string> {
    const content = this.content as Content;
    return this.hash === undefined ? platform.contentDigest(content) : this.hash.digest(content.after);
  }

  /** Makes a refusal and tells the developer. */
  refuse(code: WebhookErrorCode, detail: string | number = "", cause?: unknown): Refusal {
    const { onReject, status } = this.settings;
    const { provider, proven } = this;
    const refusal = new Refusal({ code, status: status(code), provider, detail, proven, cause });
    if (isObserved("reject")) publish("reject", { error: refusal.error, provider, request: this.head });
    if (onReject !== undefined) notify(onReject, refusal.error, this.head, this.context as undefined);
    return refusal;
  }

  /** The window over any signed time: a refusal for one that lies outside. */
  judgeTime(timestamp: number): Refusal | undefined {
    const { window, clock } = this.settings;
    if (window === undefined) return undefined;
    const now = clock.now();
    switch (judgeTime(timestamp, now, window)) {
      case "inside":
        return undefined;
      case "too_old":
        return this.refuse("timestamp_too_old", now - timestamp);
      case "in_future":
        return this.refuse("timestamp_in_future", timestamp - now);
    }
  }
}
