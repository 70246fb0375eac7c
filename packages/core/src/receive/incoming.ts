import { platform } from "#crypto";
import { BodyBuffer, STREAM_FROM } from "../body/buffer.ts";
import { InflatedTooLarge, inflate, isCompressed } from "../body/inflate.ts";
import { signedBody } from "../body/signed-body.ts";
import type { Content, MacKey, MacStream } from "../crypto/shape.ts";
import type { Answer, WebhookErrorCode } from "../errors/errors.ts";
import { toBytes, utf8 } from "../lib/bytes.ts";
import { andThen, isPromise, type MaybePromise } from "../lib/promises.ts";
import type { SignatureScheme } from "../scheme/compile.ts";
import type { Proof } from "../scheme/proof.ts";
import { anyEqual, type Key } from "../secret/keys.ts";
import { accept } from "./accept.ts";
import type { Arrival } from "./arrival.ts";
import { bodyDigestHolds } from "./body-digest.ts";
import type { Delivery } from "./delivery.ts";
import { proveBody } from "./prove.ts";
import type { Refusal } from "./refusal.ts";

const NOTHING = new Uint8Array(0);

/**
 * A request whose head was accepted. Feed it the body as it arrives, then finish it. An `Incoming` that is dropped
 * half-way costs nothing more and has claimed nothing.
 */
export class Incoming {
  readonly #arrival: Arrival;
  #buffer: BodyBuffer | undefined = undefined;
  #macs: MacStream[] | undefined = undefined;

  /** Made by a verifier alone. */
  constructor(arrival: Arrival) {
    this.#arrival = arrival;
  }

  /** Bytes that the request says it has, or -1. */
  get declaredLength(): number {
    return this.#arrival.declared;
  }

  /** True when the caller is known to be genuine: from the head for a static credential, else when the body has been compared. */
  get proven(): boolean {
    return this.#arrival.proven;
  }

  /** Takes the next bytes of the body, which must not change afterwards. Answers a refusal when they are too many. */
  update(chunk: Uint8Array): Refusal | undefined {
    if (chunk.length === 0) return undefined;
    const arrival = this.#arrival;
    const { declared, settings } = arrival;
    this.#buffer ??= new BodyBuffer(declared, settings.limit);
    const buffer = this.#buffer;
    const length = buffer.length + chunk.length;
    if (length > settings.limit) return arrival.refuse("body_too_large", settings.limit);
    if (declared >= 0 && length > declared)
      return arrival.refuse("body_incomplete", "it is longer than Content-Length says");
    if (this.#macs === undefined && length > STREAM_FROM && canStream(arrival)) this.#startStreams(buffer);
    buffer.push(chunk);
    if (this.#macs !== undefined) {
      for (const mac of this.#macs) mac.update(chunk);
      arrival.hash?.update(chunk);
    }
    return undefined;
  }

  /** Ends the body that `update` was fed: compares, parses, claims. */
  finish(): MaybePromise<Delivery | Answer> {
    const buffer = this.#buffer;
    const { declared } = this.#arrival;
    const length = buffer === undefined ? 0 : buffer.length;
    if (declared >= 0 && length < declared)
      return this.#arrival.refuse("body_incomplete", `${length} of ${declared} bytes came`);
    return this.#judge(buffer === undefined ? NOTHING : buffer.whole());
  }

  /** The road for a body that is already there, whole. */
  finishWith(body: Uint8Array): MaybePromise<Delivery | Answer> {
    const { limit } = this.#arrival.settings;
    return body.length > limit ? this.#arrival.refuse("body_too_large", limit) : this.#judge(body);
  }

  /** The same for text, which is hashed and parsed as it is where the platform can: benchmark row "octokit". */
  finishWithText(text: string): MaybePromise<Delivery | Answer> {
    // Three bytes a character are the most.
    const fits = text.length * 3 <= this.#arrival.settings.limit;
    return fits && platform.readsText(text) ? this.#judge(text) : this.finishWith(utf8(text));
  }

  /** The same for a body that a parser has read and kept. Parsers inflate, so what was kept may no longer be compressed. */
  finishBuffered(body: Uint8Array): MaybePromise<Delivery | Answer> {
    const arrival = this.#arrival;
    if (arrival.encoding === undefined || isCompressed(body)) return this.finishWith(body);
    if (arrival.settings.encoding === "compressed") {
      return arrival.refuse(
        "body_consumed",
        "A parser has inflated this request's body before the webhook route, and the compressed bytes that are signed are gone. Give that parser { inflate: false }, or mount it behind the webhook route.",
      );
    }
    arrival.encoding = undefined;
    return this.finishWith(body);
  }

  /** A refusal of this request from outside: the body did not come, or not in time. */
  refuse(code: WebhookErrorCode, detail?: string | number, cause?: unknown): Refusal {
    return this.#arrival.refuse(code, detail, cause);
  }

  #startStreams(buffer: BodyBuffer): void {
    const { proof, keys, settings } = this.#arrival;
    const { before } = proof as Proof;
    this.#macs = keys.map((key) => (key.mac as Required<MacKey>).stream(before)); // canStream() has looked.
    if (settings.replay !== undefined)
      this.#arrival.hash = platform.contentStream?.(settings.family === undefined ? before : "");
    for (const chunk of buffer.parts()) {
      for (const mac of this.#macs) mac.update(chunk);
      this.#arrival.hash?.update(chunk);
    }
  }

  #judge(body: Uint8Array | string): MaybePromise<Delivery | Answer> {
    const { encoding, settings } = this.#arrival;
    this.#arrival.body = body;
    if (this.#arrival.inspection !== undefined) {
      const bytes = toBytes(body);
      this.#arrival.inspection.tell("body", `${bytes.length} bytes`, { body: bytes });
    }
    if (encoding === undefined || settings.encoding !== "inflated") return this.#compare(body);
    return andThen(inflated(this.#arrival, toBytes(body)), (plain) =>
      plain instanceof Uint8Array ? this.#compare(plain) : plain,
    );
  }

  #compare(body: Uint8Array | string): MaybePromise<Delivery | Answer> {
    const arrival = this.#arrival;
    const { signature } = arrival.settings;
    arrival.judged = body;
    if (signature === undefined) return andThen(proveBody(arrival, body), (refusal) => refusal ?? this.#accept(body));
    const { before, after, signatures } = arrival.proof as Proof;
    return andThen(signedBody(signature, arrival.head, body), (signed) => {
      if (signed === undefined)
        return arrival.refuse("malformed_signature", "the form whose fields are signed cannot be read");
      arrival.content = { before, body: signed, after };
      const index = this.#match(arrival.content, signatures, 0);
      return isPromise(index) ? index.then((found) => this.#matched(found, body)) : this.#matched(index, body);
    });
  }

  /** Once more over the URL as it came, where that may be signed. What was hashed while the body arrived began otherwise. */
  #unmatched(body: Uint8Array | string): MaybePromise<Delivery | Answer> {
    const arrival = this.#arrival;
    const { plain, signatures } = arrival.proof as Proof;
    const content = arrival.content as Content;
    if (typeof plain !== "string" || plain === content.before)
      return arrival.refuse("signature_mismatch", signatures.length);
    this.#macs = undefined;
    arrival.hash = undefined;
    arrival.content = { ...content, before: plain };
    return andThen(this.#match(arrival.content, signatures, 0), (index) => this.#matched(index, body));
  }

  #matched(index: number, body: Uint8Array | string): MaybePromise<Delivery | Answer> {
    const arrival = this.#arrival;
    if (index < 0) return this.#unmatched(body);
    arrival.secretIndex = index;
    const scheme = arrival.settings.signature?.scheme;
    if (scheme?.kind !== "hmac" || scheme.bodyDigest === undefined) return this.#accept(body);
    return andThen(
      bodyDigestHolds(arrival.head, (arrival.proof as Proof).url, scheme.bodyDigest.query, body),
      (holds) => (holds ? this.#accept(body) : arrival.refuse("signature_mismatch", 1)),
    );
  }

  /** The index of the first key, from one on, that one of the signatures was made with; or -1. */
  #match(content: Content, signatures: readonly string[], from: number): MaybePromise<number> {
    const { length } = this.#arrival.keys;
    for (let i = from; i < length; i++) {
      const found = this.#matches(i, content, signatures);
      if (isPromise(found)) return found.then((matched) => (matched ? i : this.#match(content, signatures, i + 1)));
      if (found) return i;
    }
    return -1;
  }

  #matches(index: number, content: Content, signatures: readonly string[]): MaybePromise<boolean> {
    const { keys, settings } = this.#arrival;
    const key = keys[index] as Key;
    if (key.mac === undefined) return key.matches?.(content, signatures) ?? false;
    const { encoding } = (settings.signature as SignatureScheme).scheme;
    const mac =
      this.#macs === undefined
        ? key.mac.mac(content, encoding)
        : (this.#macs[index] as MacStream).digest(content.after, encoding);
    return typeof mac === "string" ? anyEqual(mac, signatures) : mac.then((text) => anyEqual(text, signatures));
  }

  #accept(body: Uint8Array | string): MaybePromise<Delivery | Answer> {
    const arrival = this.#arrival;
    if (arrival.encoding === undefined || arrival.settings.encoding !== "compressed") return accept(arrival, body);
    return andThen(inflated(arrival, toBytes(body)), (plain) =>
      plain instanceof Uint8Array ? accept(arrival, plain) : plain,
    );
  }
}

/** Whether the MAC can be fed while the body arrives. */
function canStream({ settings, keys, encoding }: Arrival): boolean {
  if (settings.signature?.carries !== "body" || keys[0]?.mac?.stream === undefined) return false;
  return encoding === undefined || settings.encoding !== "inflated";
}

async function inflated(arrival: Arrival, body: Uint8Array): Promise<Uint8Array | Refusal> {
  const { limit } = arrival.settings;
  const encoding = arrival.encoding as string;
  try {
    return await inflate(encoding, body, limit);
  } catch (cause) {
    if (cause instanceof InflatedTooLarge) return arrival.refuse("body_too_large", limit);
    return arrival.refuse("malformed_encoding", `it is not valid ${encoding}`, cause);
  }
}
