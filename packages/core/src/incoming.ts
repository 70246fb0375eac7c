import { platform } from "#crypto";
import type { Answer, Refusal } from "./answer.ts";
import { BodyBuffer, STREAM_FROM } from "./body/buffer.ts";
import { isForm, parseForm, sortedForm } from "./body/form.ts";
import { InflatedTooLarge, inflate } from "./body/inflate.ts";
import { decodeText } from "./body/text.ts";
import { utf8 } from "./bytes.ts";
import type { Content, HashStream, MacStream } from "./crypto/shape.ts";
import type { Delivery } from "./delivery.ts";
import { getHeader } from "./headers.ts";
import { anyEqual, type Key } from "./keys.ts";
import { andThen, isPromise, type Maybe } from "./maybe.ts";
import type { RequestHead } from "./provider.ts";
import type { Proof } from "./scheme/proof.ts";
import type { Verifying } from "./verifying.ts";

/**
 * A request whose head was accepted. Feed it the body as it arrives, then finish it. An `Incoming` that is dropped
 * half-way costs nothing more and has claimed nothing.
 */
export class Incoming {
  private readonly to: Verifying;
  private readonly head: RequestHead;
  private readonly context: unknown;
  private readonly keys: readonly Key[];
  private readonly proof: Proof | undefined;
  private readonly secretIndex: number;
  private readonly encoding: string | undefined;
  private readonly declared: number;
  private readonly buffer: BodyBuffer;
  private macs: MacStream[] | undefined = undefined;
  private hash: HashStream | undefined = undefined;

  constructor(
    to: Verifying,
    head: RequestHead,
    context: unknown,
    keys: readonly Key[],
    proof: Proof | undefined,
    secretIndex: number,
    encoding: string | undefined,
    declared: number,
  ) {
    this.to = to;
    this.head = head;
    this.context = context;
    this.keys = keys;
    this.proof = proof;
    this.secretIndex = secretIndex;
    this.encoding = encoding;
    this.declared = declared;
    this.buffer = new BodyBuffer(declared >= 0 ? declared : to.settings.limit);
  }

  /** Bytes that the request says it has, or -1. */
  get declaredLength(): number {
    return this.declared;
  }

  /** Takes the next bytes of the body, which must not change afterwards. Answers a refusal when they are too many. */
  update(chunk: Uint8Array): Refusal | undefined {
    if (chunk.length === 0) return undefined;
    const { buffer, to } = this;
    const length = buffer.length + chunk.length;
    if (length > to.settings.limit) return this.refuse("body_too_large", to.settings.limit);
    if (this.declared >= 0 && length > this.declared)
      return this.refuse("body_incomplete", "it is longer than Content-Length says");
    if (this.macs === undefined && length > STREAM_FROM && this.canStream()) this.startStreams();
    buffer.push(chunk);
    if (this.macs !== undefined) {
      for (const mac of this.macs) mac.update(chunk);
      this.hash?.update(chunk);
    }
    return undefined;
  }

  /** Ends the body that `update` was fed: compares, parses, claims. */
  finish(): Maybe<Delivery | Answer> {
    if (this.declared >= 0 && this.buffer.length < this.declared) {
      return this.refuse("body_incomplete", `${this.buffer.length} of ${this.declared} bytes came`);
    }
    return this.judge();
  }

  /** The road for a body that is already there, whole. */
  finishWith(body: Uint8Array): Maybe<Delivery | Answer> {
    if (body.length > this.to.settings.limit) return this.refuse("body_too_large", this.to.settings.limit);
    if (body.length > 0) this.buffer.push(body);
    return this.judge();
  }

  /** A refusal of this request from outside: the body did not come, or not in time. */
  refuse(...reason: [code: Parameters<Verifying["refuse"]>[0], detail: string | number, cause?: unknown]): Refusal {
    const [code, detail, cause] = reason;
    return this.to.refuse(code, detail, this.head, this.context, this.proof === undefined, cause);
  }

  private canStream(): boolean {
    const { signature, settings } = this.to;
    if (signature === undefined || signature.carries !== "body" || this.keys[0]?.mac?.stream === undefined)
      return false;
    return this.encoding === undefined || settings.encoding !== "inflated";
  }

  private startStreams(): void {
    const { before } = this.proof as Proof;
    this.macs = this.keys.map((key) => (key.mac?.stream as (before: string) => MacStream)(before));
    if (this.to.settings.replay !== undefined) this.hash = platform.contentStream?.(before);
    for (const chunk of this.buffer.parts()) {
      for (const mac of this.macs) mac.update(chunk);
      this.hash?.update(chunk);
    }
  }

  private judge(): Maybe<Delivery | Answer> {
    const { settings } = this.to;
    if (this.encoding === undefined || settings.encoding !== "inflated") {
      const chunks = this.buffer.parts();
      return this.compare(chunks, this.buffer.length);
    }
    return this.inflated(this.buffer.parts()).then((body) =>
      body instanceof Uint8Array ? this.compare([body], body.length) : body,
    );
  }

  private async inflated(chunks: readonly Uint8Array[]): Promise<Uint8Array | Refusal> {
    const { limit } = this.to.settings;
    try {
      return await inflate(this.encoding as string, chunks, limit);
    } catch (cause) {
      if (cause instanceof InflatedTooLarge) return this.refuse("body_too_large", limit);
      return this.refuse("malformed_encoding", `it is not valid ${this.encoding}`, cause);
    }
  }

  private compare(chunks: readonly Uint8Array[], length: number): Maybe<Delivery | Answer> {
    const { proof } = this;
    if (proof === undefined) return this.accept(this.secretIndex, chunks, length, undefined);
    const { signatures, before, after } = proof;
    const signed = this.signedContent(chunks, length, before, after);
    if (!("chunks" in signed)) return signed;
    const matched = this.match(signed, signatures);
    return andThen(matched, (index) =>
      index < 0
        ? this.to.refuse("signature_mismatch", signatures.length, this.head, this.context, false)
        : andThen(this.checkBodyDigest(chunks), (wrong) => wrong ?? this.accept(index, chunks, length, signed)),
    );
  }

  /** What the MAC covers, for schemes that do not sign the body as it is. */
  private signedContent(
    chunks: readonly Uint8Array[],
    length: number,
    before: string,
    after: string,
  ): Content | Refusal {
    const carries = this.to.signature?.carries;
    if (carries === "body") return { before, chunks, length, after };
    if (carries === "nothing") return { before, chunks: [], length: 0, after };
    if (!this.isForm()) return { before, chunks: [], length: 0, after };
    const text = decodeText(this.buffer.whole());
    const fields = text === undefined ? undefined : parseForm(text);
    if (fields === undefined)
      return this.refuse("malformed_signature", "the form whose fields are signed cannot be read");
    const bytes = utf8(sortedForm(fields));
    return { before, chunks: [bytes], length: bytes.length, after };
  }

  private match(content: Content, signatures: readonly string[]): Maybe<number> {
    const { macs, keys, to } = this;
    const encoding = to.signature?.scheme.encoding ?? "hex";
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as Key;
      const found =
        macs !== undefined
          ? anyEqual((macs[i] as MacStream).digest(content.after, encoding), signatures)
          : key.mac === undefined
            ? (key.matches?.(content, signatures) ?? false)
            : andThen(key.mac.mac(content, encoding), (mac) => anyEqual(mac, signatures));
      if (isPromise(found)) return this.matchLater(found, i, content, signatures);
      if (found) return i;
    }
    return -1;
  }

  private async matchLater(
    first: Promise<unknown>,
    index: number,
    content: Content,
    signatures: readonly string[],
  ): Promise<number> {
    if (await first) return index;
    const encoding = this.to.signature?.scheme.encoding ?? "hex";
    for (let i = index + 1; i < this.keys.length; i++) {
      const key = this.keys[i] as Key;
      const found =
        key.mac === undefined
          ? await key.matches?.(content, signatures)
          : anyEqual(await key.mac.mac(content, encoding), signatures);
      if (found) return i;
    }
    return -1;
  }

  /** Where the content leaves the body out, its own digest stands in what is signed. */
  private checkBodyDigest(chunks: readonly Uint8Array[]): Maybe<Refusal | undefined> {
    const scheme = this.to.signature?.scheme;
    if (scheme?.kind !== "hmac" || scheme.bodyDigest === undefined || this.isForm() || this.buffer.length === 0)
      return undefined;
    const { query } = scheme.bodyDigest;
    const url = this.head.url ?? "";
    const values = new URLSearchParams(url.slice(url.indexOf("?") + 1)).getAll(query);
    return andThen(platform.bytesDigest(chunks), (digest) =>
      values.length === 1 && platform.equal(digest, (values[0] as string).toLowerCase())
        ? undefined
        : this.to.refuse("signature_mismatch", values.length, this.head, this.context, false),
    );
  }

  private isForm(): boolean {
    const type = getHeader(this.head.headers, "content-type", undefined);
    return typeof type === "string" && isForm(type);
  }

  private accept(
    secretIndex: number,
    chunks: readonly Uint8Array[],
    length: number,
    content: Content | undefined,
  ): Maybe<Delivery | Answer> {
    const first = chunks[0];
    const body =
      chunks.length === 1 && first !== undefined
        ? first
        : this.buffer.length === length
          ? this.buffer.whole()
          : (first ?? new Uint8Array(0));
    const facts = {
      head: this.head,
      context: this.context,
      proof: this.proof,
      secretIndex,
      keys: this.keys,
      isForm: () => this.isForm(),
    };
    const { hash } = this;
    const signed = () =>
      hash === undefined ? platform.contentDigest(content as Content) : hash.digest((content as Content).after);
    if (this.encoding === undefined || this.to.settings.encoding !== "compressed")
      return this.to.accept(facts, body, signed);
    return this.inflated([body]).then((plain) =>
      plain instanceof Uint8Array ? this.to.accept(facts, plain, signed) : plain,
    );
  }
}
