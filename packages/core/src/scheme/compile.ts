import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getHeader } from "../head/headers.ts";
import { compileLayout } from "./compile-layout.ts";
import { BODY_PARTS, type BodyPart, type ContentPart, type ContentReference } from "./content.ts";
import { IdGrammar } from "./id.ts";
import { type Layout, MAX_HEADER_LENGTH, type SignatureFields } from "./layout.ts";
import { type Proof, readHeader, Unreadable } from "./proof.ts";
import { type AsymmetricScheme, isProof, type MacScheme, type Scheme } from "./scheme.ts";
import type { KeyWanted } from "./secret.ts";
import { signatureBytes, signatureReader } from "./signature.ts";
import { joinContent, type SignedValues } from "./signed-content.ts";
import { readTimestamp } from "./time.ts";

/** Judges a signed time as soon as it is known: what is wrong with it, if anything. */
export interface TimeJudge<Stale> {
  /** Milliseconds since the epoch; answers the refusal, or `undefined` when it is fresh. */
  judgeTime(timestamp: number): Stale | undefined;
}

/** In lower case, every header without which a request of this scheme is not looked at; none where the body carries the proof. */
export function neededHeaders(scheme: Scheme): readonly string[] {
  if (isProof(scheme)) return scheme.headers;
  const { signatureHeader, timeHeader, idHeader } = new SignatureScheme(scheme);
  return [signatureHeader, timeHeader, idHeader].filter((name) => name !== undefined);
}

/** A signing scheme, compiled: everything that does not depend on the request is decided here. */
export class SignatureScheme {
  /** The row's own data, as it was defined. */
  readonly scheme: MacScheme | AsymmetricScheme;
  /** The compiled grammar of the signature's header. */
  readonly layout: Layout;
  /** In lower case, as are the other names here; the first, where the vendor uses several. */
  readonly signatureHeader: string;
  /** Absent where the time is part of the signature's header, or is not signed. */
  readonly timeHeader: string | undefined;
  /** Absent where no delivery id is signed. */
  readonly idHeader: string | undefined;
  /** Refuses an id that would move a boundary; depends on which separator follows it. */
  readonly idGrammar: IdGrammar;
  /** Whether the whole URL is signed, of which requests often show the path only, or path and query; `undefined` for neither. */
  readonly signs: "url" | "path" | undefined;
  /** Whether nothing separates the URL from a body behind it, so that a query could swallow the body's start. */
  readonly urlMeetsBody: boolean;
  /** What takes the body's place in the content: the body itself, its hash or checksum, the sorted form, or nothing. */
  readonly carries: BodyPart | "nothing";
  /** Which hash takes the body's place and how it is written; absent where none does. */
  readonly hash: ContentReference["hash"];
  readonly #orPlain: boolean;
  readonly #otherHeaders: readonly string[];
  readonly #before: readonly ContentPart[];
  readonly #after: readonly ContentPart[];

  constructor(scheme: MacScheme | AsymmetricScheme) {
    const reader = signatureReader(scheme.encoding, ...signatureBytes(scheme));
    const { header } = scheme.signature;
    const [first, ...others] = (typeof header === "string" ? [header] : header).map((name) => name.toLowerCase());
    const { before, after, carries, hash, names } = split(scheme.content);
    this.scheme = scheme;
    this.layout = compileLayout(scheme.signature.layout ?? "{signature}", scheme.signature.list, reader);
    this.signatureHeader = first as string;
    this.timeHeader = scheme.timestamp?.header?.toLowerCase();
    this.idHeader = scheme.id?.header.toLowerCase();
    this.idGrammar = new IdGrammar(scheme.content);
    this.signs = names.has("url") ? "url" : names.has("path") ? "path" : undefined;
    const last = before.at(-1);
    this.urlMeetsBody = carries === "body" && typeof last === "object" && (last.part === "url" || last.part === "path");
    this.carries = carries;
    this.hash = hash;
    this.#orPlain = before.some((part) => typeof part === "object" && part.orPlain === true);
    this.#otherHeaders = others;
    this.#before = before;
    this.#after = after;
  }

  /** Which key the head names, for a lookup; `undefined` where the scheme says none. */
  keyWanted({ headers, rawHeaders }: RequestHead): KeyWanted | undefined {
    const { keyId } = this.scheme;
    if (keyId === undefined) return undefined;
    const name = getHeader(headers, keyId.header, rawHeaders);
    return typeof name === "string" ? { keyId: name } : undefined;
  }

  /** Reads what the head claims. A stale time is refused before the rest is looked at: it is the cheapest fault. */
  readProof<Stale>(head: RequestHead, url: string, judge: TimeJudge<Stale>): Proof | Unreadable | Stale {
    const { layout, signatureHeader } = this;
    const fields: SignatureFields = { timestamp: undefined, signatures: [] };
    const text = readHeader(head, signatureHeader);
    if (typeof text !== "string") return text;
    if (text.length > MAX_HEADER_LENGTH) return new Unreadable(signatureHeader, TOO_LONG);

    const rest = layout.readTimestamp(text, fields);
    let time = this.#readTime(head, fields);
    if (time instanceof Unreadable) return time;
    const early = time === undefined || Number.isNaN(time) ? undefined : judge.judgeTime(time);
    if (early !== undefined) return early;
    const problem = layout.read(text, fields, rest);
    if (problem !== undefined) return new Unreadable(signatureHeader, problem);
    const other = this.#otherHeaders.length === 0 ? undefined : this.#readOthers(head, fields);
    if (other !== undefined) return other;
    if (time === undefined) {
      time = this.#readTime(head, fields) as number | Unreadable;
      if (time instanceof Unreadable) return time;
      const late = judge.judgeTime(time);
      if (late !== undefined) return late;
    }

    const id = this.idHeader === undefined ? undefined : readId(head, this.idHeader, this.idGrammar);
    if (id instanceof Unreadable) return id;
    const values = { timestamp: fields.timestamp, id, url };
    const around = this.surround(head, values);
    if (around instanceof Unreadable) return around;
    const { before, after } = around;
    const plain = this.#orPlain ? joinContent(this.#before, head, values, true) : before;
    return { signatures: fields.signatures, timestamp: time, id, before, after, url, plain };
  }

  /** The signed content in front of the body and behind it. */
  surround(
    head: RequestHead,
    values: SignedValues,
  ):
    | {
        /** Text in front of the body. */
        before: string;
        /** Text behind the body; empty for most vendors. */
        after: string;
      }
    | Unreadable {
    const before = joinContent(this.#before, head, values);
    if (typeof before !== "string") return before;
    const after = joinContent(this.#after, head, values);
    return typeof after === "string" ? { before, after } : after;
  }

  /** The signed time in milliseconds; NaN where none is signed, `undefined` where it is not yet found. */
  #readTime(head: RequestHead, fields: SignatureFields): number | Unreadable | undefined {
    const { timestamp } = this.scheme;
    if (timestamp === undefined) return Number.NaN;
    const { timeHeader } = this;
    if (timeHeader !== undefined) {
      const written = readHeader(head, timeHeader);
      if (typeof written !== "string") return written;
      fields.timestamp = written;
    }
    if (fields.timestamp === undefined) return undefined;
    const time = readTimestamp(fields.timestamp, timestamp.unit);
    if (!Number.isNaN(time)) return time;
    return new Unreadable(timeHeader ?? this.signatureHeader, "its timestamp is not canonical");
  }

  /** Further headers that may each carry a signature. */
  #readOthers(head: RequestHead, fields: SignatureFields): Unreadable | undefined {
    for (const name of this.#otherHeaders) {
      const text = getHeader(head.headers, name, head.rawHeaders);
      if (text === undefined) continue;
      if (text === AMBIGUOUS) return new Unreadable(name, "it appears twice");
      const problem = text.length > MAX_HEADER_LENGTH ? TOO_LONG : this.layout.read(text, fields);
      if (problem !== undefined) return new Unreadable(name, problem);
    }
    return undefined;
  }
}

const TOO_LONG = `it is longer than ${MAX_HEADER_LENGTH} characters`;

function readId(head: RequestHead, name: string, grammar: IdGrammar): string | Unreadable {
  const id = readHeader(head, name);
  return typeof id !== "string" || grammar.allows(id) ? id : new Unreadable(name, `an id is ${grammar.words}`);
}

/** The content in front of the body and behind it, and what it refers to. */
function split(content: readonly ContentPart[]) {
  const names = content.map((part) => (typeof part === "string" ? undefined : part.part));
  const at = names.findIndex((name) => BODY_PARTS.has(name));
  const part = content[at];
  return {
    before: at === -1 ? content : content.slice(0, at),
    after: at === -1 ? [] : content.slice(at + 1),
    carries: at === -1 ? ("nothing" as const) : (names[at] as BodyPart),
    hash: typeof part === "object" ? part.hash : undefined,
    names: new Set(names),
  };
}
