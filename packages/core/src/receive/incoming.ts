import { platform } from "#crypto";
import { BodyBuffer, STREAM_FROM } from "../body/buffer.ts";
import { isForm, parseForm, sortedForm } from "../body/form.ts";
import { InflatedTooLarge, inflate, isCompressed } from "../body/inflate.ts";
import { decodeText } from "../body/text.ts";
import type { Content, HashStream, MacKey, MacStream } from "../crypto/shape.ts";
import type { RequestHead } from "../head/head.ts";
import { getPlainHeader } from "../head/headers.ts";
import { utf8 } from "../lib/bytes.ts";
import { andThen, type Maybe } from "../lib/promises.ts";
import type { Proof, SignatureScheme } from "../scheme/compile.ts";
import { anyEqual, type Key } from "../secret/keys.ts";
import type { Facts, Verifying } from "./accept.ts";
import type { Answer, Refusal } from "./answer.ts";
import type { Delivery } from "./delivery.ts";

const SHA256 = /^[0-9a-fA-F]{64}$/;
const NOTHING = new Uint8Array(0);

/**
 * A request whose head was accepted. Feed it the body as it arrives, then finish it. An `Incoming` that is dropped
 * half-way costs nothing more and has claimed nothing.
 */
export class Incoming implements Facts {
  readonly head: RequestHead;
  readonly context: unknown;
  readonly keys: readonly Key[];
  readonly proof: Proof | undefined;
  /** Which secret matched; known from the head for a static credential, else when the body has been compared. */
  secretIndex: number;
  private readonly to: Verifying;
  private encoding: string | undefined;
  private readonly declared: number;
  private buffer: BodyBuffer | undefined = undefined;
  private macs: MacStream[] | undefined = undefined;
  private hash: HashStream | undefined = undefined;
  private content: Content | undefined = undefined;

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
  }

  /** Bytes that the request says it has, or -1. */
  get declaredLength(): number {
    return this.declared;
  }

  /** True when the caller is known to be genuine: from the head for a static credential, else when the body has been compared. */
  get proven(): boolean {
    return this.secretIndex >= 0;
  }

  /** Takes the next bytes of the body, which must not change afterwards. Answers a refusal when they are too many. */
  update(chunk: Uint8Array): Refusal | undefined {
    if (chunk.length === 0) return undefined;
    const { limit } = this.to.settings;
    this.buffer ??= new BodyBuffer(this.declared, limit);
    const { buffer } = this;
    const length = buffer.length + chunk.length;
    if (length > limit) return this.refuse("body_too_large", limit);
    if (this.declared >= 0 && length > this.declared) {
      return this.refuse("body_incomplete", "it is longer than Content-Length says");
    }
    if (this.macs === undefined && length > STREAM_FROM && this.canStream()) this.startStreams(buffer);
    buffer.push(chunk);
    if (this.macs !== undefined) {
      for (const mac of this.macs) mac.update(chunk);
      this.hash?.update(chunk);
    }
    return undefined;
  }

  /** Ends the body that `update` was fed: compares, parses, claims. */
  finish(): Maybe<Delivery | Answer> {
    const { buffer } = this;
    const length = buffer === undefined ? 0 : buffer.length;
    if (this.declared >= 0 && length < this.declared) {
      return this.refuse("body_incomplete", `${length} of ${this.declared} bytes came`);
    }
    return this.judge(buffer === undefined ? NOTHING : buffer.whole());
  }

  /** The road for a body that is already there, whole. */
  finishWith(body: Uint8Array): Maybe<Delivery | Answer> {
    const { limit } = this.to.settings;
    return body.length > limit ? this.refuse("body_too_large", limit) : this.judge(body);
  }

  /** The same for a body that a parser has read and kept. Parsers inflate, so what is kept may no longer be compressed. */
  finishKept(body: Uint8Array): Maybe<Delivery | Answer> {
    if (this.encoding === undefined || isCompressed(body)) return this.finishWith(body);
    if (this.to.settings.encoding === "compressed") {
      return this.refuse(
        "body_consumed",
        "A parser has inflated this request's body before the webhook route, and the compressed bytes that are signed are gone. Give that parser { inflate: false }, or mount it behind the webhook route.",
      );
    }
    this.encoding = undefined;
    return this.finishWith(body);
  }

  /** A refusal of this request from outside: the body did not come, or not in time. */
  refuse(...reason: [code: Parameters<Verifying["refuse"]>[0], detail: string | number, cause?: unknown]): Refusal {
    const [code, detail, cause] = reason;
    return this.to.refuse(code, detail, this.head, this.context, this.proven, cause);
  }

  private canStream(): boolean {
    const { signature, settings } = this.to;
    if (signature === undefined || signature.carries !== "body" || this.keys[0]?.mac?.stream === undefined)
      return false;
    return this.encoding === undefined || settings.encoding !== "inflated";
  }

  private startStreams(buffer: BodyBuffer): void {
    const { before } = this.proof as Proof;
    this.macs = this.keys.map((key) => (key.mac as Required<MacKey>).stream(before)); // canStream() has looked.
    if (this.to.settings.replay !== undefined) this.hash = platform.contentStream?.(before);
    for (const chunk of buffer.parts()) {
      for (const mac of this.macs) mac.update(chunk);
      this.hash?.update(chunk);
    }
  }

  private judge(body: Uint8Array): Maybe<Delivery | Answer> {
    if (this.encoding === undefined || this.to.settings.encoding !== "inflated") return this.compare(body);
    return this.inflated(body).then((plain) => (plain instanceof Uint8Array ? this.compare(plain) : plain));
  }

  private async inflated(body: Uint8Array): Promise<Uint8Array | Refusal> {
    const { limit } = this.to.settings;
    try {
      return await inflate(this.encoding as string, body, limit);
    } catch (cause) {
      if (cause instanceof InflatedTooLarge) return this.refuse("body_too_large", limit);
      return this.refuse("malformed_encoding", `it is not valid ${this.encoding}`, cause);
    }
  }

  private compare(body: Uint8Array): Maybe<Delivery | Answer> {
    const { proof } = this;
    if (proof === undefined) return this.accept(body);
    const content = this.signedContent(proof, body);
    if (content === undefined) {
      return this.refuse("malformed_signature", "the form whose fields are signed cannot be read");
    }
    this.content = content;
    const matched = this.match(content, proof.signatures);
    return matched instanceof Promise
      ? matched.then((index) => this.matched(index, body))
      : this.matched(matched, body);
  }

  private matched(index: number, body: Uint8Array): Maybe<Delivery | Answer> {
    if (index < 0) return this.refuse("signature_mismatch", this.proof?.signatures.length ?? 0);
    this.secretIndex = index;
    const scheme = this.to.signature?.scheme;
    if (scheme?.kind !== "hmac" || scheme.bodyDigest === undefined) return this.accept(body);
    return andThen(this.bodyDigestHolds(scheme.bodyDigest.query, body), (holds) =>
      holds ? this.accept(body) : this.refuse("signature_mismatch", 1),
    );
  }

  /** What the MAC covers, for all schemes; `undefined` when a form that is signed cannot be read. */
  private signedContent(proof: Proof, body: Uint8Array): Content | undefined {
    const { before, after } = proof;
    const carries = this.to.signature?.carries;
    if (carries === "body") return { before, body, after };
    if (carries !== "form" || !this.isForm()) return { before, body: NOTHING, after };
    const text = decodeText(body);
    const fields = text === undefined ? undefined : parseForm(text);
    return fields === undefined ? undefined : { before, body: utf8(sortedForm(fields)), after };
  }

  /** The index of the first key that one of the signatures was made with, or -1. */
  private match(content: Content, signatures: readonly string[]): Maybe<number> {
    for (let i = 0; i < this.keys.length; i++) {
      const found = this.matches(i, content, signatures);
      if (found instanceof Promise) return this.matchLater(found, i, content, signatures);
      if (found) return i;
    }
    return -1;
  }

  private async matchLater(
    first: Promise<boolean>,
    index: number,
    content: Content,
    signatures: readonly string[],
  ): Promise<number> {
    if (await first) return index;
    for (let i = index + 1; i < this.keys.length; i++) if (await this.matches(i, content, signatures)) return i;
    return -1;
  }

  private matches(index: number, content: Content, signatures: readonly string[]): Maybe<boolean> {
    const key = this.keys[index] as Key;
    if (key.mac === undefined) return key.matches?.(content, signatures) ?? false;
    const { encoding } = (this.to.signature as SignatureScheme).scheme;
    const mac =
      this.macs === undefined
        ? key.mac.mac(content, encoding)
        : (this.macs[index] as MacStream).digest(content.after, encoding);
    return typeof mac === "string" ? anyEqual(mac, signatures) : mac.then((text) => anyEqual(text, signatures));
  }

  /** Where the content leaves the body out, the body's own digest stands in what is signed. */
  private bodyDigestHolds(parameter: string, body: Uint8Array): Maybe<boolean> {
    const { url } = this.proof as Proof;
    const start = url.indexOf("?");
    const values = start === -1 ? [] : new URLSearchParams(url.slice(start + 1)).getAll(parameter);
    // A digest that was signed counts whatever the content type says, which is not signed.
    if (values.length === 0) return this.isForm() || body.length === 0;
    const [value = ""] = values;
    if (values.length > 1 || !SHA256.test(value)) return false;
    return andThen(platform.bytesDigest(body), (digest) => platform.equal(digest, value.toLowerCase()));
  }

  isForm(): boolean {
    const type = getPlainHeader(this.head.headers, "content-type", this.head.rawHeaders);
    return typeof type === "string" && isForm(type);
  }

  contentDigest(): Maybe<string> {
    const content = this.content as Content;
    return this.hash === undefined ? platform.contentDigest(content) : this.hash.digest(content.after);
  }

  private accept(body: Uint8Array): Maybe<Delivery | Answer> {
    if (this.encoding === undefined || this.to.settings.encoding !== "compressed") return this.to.accept(this, body);
    return this.inflated(body).then((plain) => (plain instanceof Uint8Array ? this.to.accept(this, plain) : plain));
  }
}
