import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import type { Content, HashStream } from "../crypto/shape.ts";
import type { WebhookErrorCode } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { toBytes } from "../lib/bytes.ts";
import { notify } from "../lib/notify.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { ReplaySubject } from "../replay/engine.ts";
import { judgeTime } from "../replay/window.ts";
import type { Proof } from "../scheme/proof.ts";
import type { Proven } from "../scheme/proof-scheme.ts";
import type { Secrets } from "../scheme/secret.ts";
import type { Key } from "../secret/keys.ts";
import type { ProvenRequest } from "./delivery.ts";
import { EXPLAINED, LARGEST_EXPLAINED } from "./explaining.ts";
import { Inspection, isInspected, signedUrlOf } from "./inspect.ts";
import type { RejectNotice } from "./notices.ts";
import type { OnReject } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { Reporter } from "./report.ts";
import type { Settings } from "./settings.ts";

type OnRejectWithoutBody = (...args: Parameters<OnReject> extends [...infer First, unknown] ? First : never) => unknown;

const NO_KEYS: readonly Key[] = [];
const NOTHING = new Uint8Array(0);

/**
 * One request on its way to becoming a delivery: made first, filled by each step with what it found, and asked for the
 * refusal where a step says no.
 */
export class Arrival implements ReplaySubject, ProvenRequest {
  /** The verifier's options, checked. */
  readonly settings: Settings;
  /** Method, URL and headers, as the caller handed them in. */
  readonly head: RequestHead;
  /** The framework's own, handed on to lookups and `onReject`. */
  readonly context: unknown;
  /** The active secrets, prepared. */
  keys: readonly Key[] = NO_KEYS;
  /** What the secret lookup found. */
  looked: Secrets | undefined = undefined;
  /** What the head claims, for providers that sign. */
  proof: Proof | undefined = undefined;
  /** What the head shows, for schemes that judge by themselves: their own object. */
  shown: unknown = undefined;
  /** The public URL, for them; empty for others, whose proof holds it. */
  url = "";
  /** Which secret matched; -1 until one has: from the head for a static credential, else when the body was compared. */
  secretIndex = -1;
  /** Bytes that the head says the body has, or -1. */
  declared = -1;
  /** The `Content-Encoding` (`"gzip"`, `"deflate"`); `undefined` for a plain body. */
  encoding: string | undefined = undefined;
  /** What came, once all has: bytes, or text that stands for its UTF-8. */
  body: Uint8Array | string | undefined = undefined;
  /** The bytes that were judged: inflated, where the signature covers those. */
  judged: Uint8Array | string = NOTHING;
  /** What the MAC covers, once the body is there. */
  content: Content | undefined = undefined;
  /** Its digest, where it was made while the body arrived. */
  hash: HashStream | undefined = undefined;
  /** Tells of each step; `undefined` where nobody looks on. */
  readonly inspection: Inspection | undefined;

  constructor(settings: Settings, head: RequestHead, context: unknown) {
    this.settings = settings;
    this.head = head;
    this.context = context;
    this.inspection = settings.inspect && isInspected() ? inspectionOf(settings, head) : undefined;
  }

  /** True when the caller is known to be genuine. */
  get proven(): boolean {
    return this.secretIndex >= 0;
  }

  /** The name of the row that it is judged by, such as `"stripe"`. */
  get provider(): string {
    return this.settings.provider.name;
  }

  /** When it was signed, in milliseconds since the epoch; NaN where no time is signed. */
  get time(): number {
    return this.proof === undefined ? Number.NaN : this.proof.timestamp;
  }

  /** The delivery id out of the head, where the scheme signs one; not proven before the body is. */
  get id(): string | undefined {
    return this.proof?.id;
  }

  /** Takes what a scheme of its own judgement proved; `whole` once that is the verdict. */
  proves({ secretIndex, timestamp = Number.NaN, id, signed }: Proven, whole: boolean): void {
    const { url } = this;
    this.proof = { signatures: [], timestamp, id, before: "", plain: "", after: "", url };
    if (signed !== undefined) this.content = { before: signed, body: NOTHING, after: "" };
    if (whole) this.secretIndex = secretIndex;
  }

  /** SHA-256 of the signed content, base64url: a replay key where nothing better is signed. Of the body where rows share their keys. */
  contentDigest(): MaybePromise<string> {
    const content = this.#digested();
    return this.hash === undefined ? platform.contentDigest(content) : this.hash.digest(content.after);
  }

  /** What is hashed: never the bytes as they came where those were inflated first, because others inflate to the same. */
  #digested(): Content {
    const { content, judged } = this;
    if (content !== undefined && this.settings.family === undefined) return content;
    const signed = content?.body;
    return { before: "", body: signed === undefined || signed.length === 0 ? judged : signed, after: "" };
  }

  /** Makes a refusal and tells the developer. */
  refuse(code: WebhookErrorCode, detail: string | number = "", cause?: unknown): Refusal {
    const { onReject, reporter } = this.settings;
    const refusal = this.#refusal(code, detail, cause);
    if (isObserved("reject")) {
      const { provider, head: request } = this;
      publish("reject", { provider, error: refusal.error, request } satisfies RejectNotice);
    }
    if (this.inspection !== undefined) this.#inspect(refusal, this.inspection);
    if (onReject !== undefined) this.#notify(onReject, refusal);
    if (reporter !== undefined) this.#report(refusal, reporter);
    return refusal;
  }

  #inspect({ code, status, error }: Refusal, inspection: Inspection): void {
    const { secrets, body = NOTHING } = this;
    const searched = EXPLAINED.has(code) && secrets !== undefined && body.length <= LARGEST_EXPLAINED;
    const request = { ...this.#judgedHead(), body: toBytes(body) };
    inspection.tell("verdict", code, {
      ok: false,
      status,
      error,
      ...signedUrlOf(this.proof?.url),
      ...(searched
        ? { explained: (explain) => explain(this.settings.provider, { ...request, secret: secrets as Secrets }) }
        : {}),
    });
  }

  /** The head with the URL as it was judged: the public one, where an option says it. */
  #judgedHead(): RequestHead {
    return this.proof === undefined ? this.head : { ...this.head, url: this.proof.url };
  }

  /** The bytes only for those who take a fourth argument: a listener that stores all that it is handed should not store them unawares. */
  #notify(onReject: OnReject, { error }: Refusal): void {
    const { head, context, body } = this;
    if (onReject.length > 3)
      notify(onReject, error, head, context as undefined, body === undefined ? body : toBytes(body));
    else notify(onReject as OnRejectWithoutBody, error, head, context as undefined);
  }

  /** One of several secrets that were looked up cannot be right: the others are tried, and the operator is told. */
  passedOver(mistake: unknown): void {
    const { provider, reporter, logOf } = this.settings;
    const why = mistake instanceof Error && mistake.name === "ConfigurationError" ? mistake.message : "it is unusable";
    reporter?.note(`${provider.name}: a secret from the lookup was passed over: ${why}`, logOf?.(this.context));
  }

  #report(refusal: Refusal, reporter: Reporter): void {
    const { provider, logOf, explainer } = this.settings;
    const { method, url } = this.head;
    const log = logOf?.(this.context);
    reporter.refused(refusal, { provider: provider.name, method, url }, log);
    if (explainer === undefined || !EXPLAINED.has(refusal.code)) return;
    const { secrets, body = NOTHING } = this;
    if (secrets === undefined || body.length > LARGEST_EXPLAINED) return;
    explainer.run(provider, { ...this.#judgedHead(), secret: secrets, body: toBytes(body) }, (found) =>
      reporter.note(found, log),
    );
  }

  /** The secrets that the request is judged by, once they are known. */
  get secrets(): Secrets | undefined {
    const { secret } = this.settings;
    return typeof secret === "function" ? this.looked : (secret as Secrets);
  }

  /** What a duplicate is answered that is no fault of anybody's: a success, told to nobody. */
  duplicate(): Refusal {
    return this.#refusal("duplicate", "", undefined);
  }

  #refusal(code: WebhookErrorCode, detail: string | number, cause: unknown): Refusal {
    const { status, provider } = this.settings;
    return new Refusal({ code, status: status(code), provider, detail, proven: this.proven, cause });
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

function inspectionOf({ provider, proof }: Settings, request: RequestHead): Inspection {
  return new Inspection({
    provider: provider.name,
    request,
    ...(proof?.covers === "nothing" ? { credentials: proof.headers } : {}),
  });
}
