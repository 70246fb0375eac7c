import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getHeader } from "../head/headers.ts";
import { checkScheme, NOT_LATIN1 } from "./check.ts";
import type { ContentPart, ContentReference } from "./content.ts";
import { compileLayout, type Layout, MAX_HEADER_LENGTH, type SignatureFields } from "./layout.ts";
import { isListed, readList, Unlisted } from "./listed-headers.ts";
import type { Ed25519Scheme, MacScheme } from "./scheme.ts";
import { DIGEST_BYTES, signatureReader } from "./signature.ts";
import { readTimestamp } from "./time.ts";

/** What the head of a signed request claims, read but not yet believed. */
export interface Proof {
  readonly signatures: readonly string[];
  /** Milliseconds since the epoch; NaN when the scheme signs no time. */
  readonly timestamp: number;
  readonly id: string | undefined;
  /** The signed content in front of the body and behind it. */
  readonly before: string;
  readonly after: string;
  /** The public URL, where it is signed. */
  readonly url: string;
}

/** Why the head cannot be read: which header, and what is wrong with it (absent when it is missing). */
export class Unreadable {
  readonly header: string;
  readonly problem: string | undefined;
  constructor(header: string, problem?: string) {
    this.header = header;
    this.problem = problem;
  }
}

/** A signing scheme, compiled: everything that does not depend on the request is decided here. */
export interface SignatureScheme {
  readonly scheme: MacScheme | Ed25519Scheme;
  readonly layout: Layout;
  readonly signatureHeader: string;
  /** Whether the whole URL is signed, of which requests often show the path only. */
  readonly signsUrl: boolean;
  readonly signsPath: boolean;
  /** What stands where the body would: the body itself, the sorted form, or nothing. */
  readonly carries: "body" | "form" | "nothing";
  /** @param judge what is wrong with the signed time, if anything; asked as soon as the time is known */
  readProof<Stale>(
    head: RequestHead,
    publicUrl: string,
    judge: (timestamp: number) => Stale | undefined,
  ): Proof | Unreadable | Stale;
  /** The signed text around the body, for a request that we make ourselves. */
  surround(values: ContentValues): { readonly before: string; readonly after: string };
}

export interface ContentValues {
  readonly timestamp: string;
  readonly id: string;
  readonly method: string;
  readonly url: string;
  header(name: string): string;
}

// Visible ASCII without the separators that content lists use: an id that holds one would shift the boundary, and an
// old signature would prove another id and timestamp.
const ID = /^[\x21-\x2d\x2f-\x39\x3b-\x7e]{1,256}$/;

export function compileSignature(scheme: MacScheme | Ed25519Scheme): SignatureScheme {
  checkScheme(scheme);
  const reader = signatureReader(scheme.encoding, scheme.kind === "hmac" ? DIGEST_BYTES[scheme.digest] : 64);
  const layout = compileLayout(scheme.signature.layout ?? "{signature}", scheme.signature.list, reader);
  const headers = (
    typeof scheme.signature.header === "string" ? [scheme.signature.header] : scheme.signature.header
  ).map((name) => name.toLowerCase());
  const signatureHeader = headers[0] as string;
  const others = headers.slice(1);
  const timeHeader = scheme.timestamp?.header?.toLowerCase();
  const unit = scheme.timestamp?.unit;
  const idHeader = scheme.id?.header.toLowerCase();
  const { before, after, carries, signsUrl, signsPath, signsTime, signsId } = split(scheme.content);

  if (layout.hasTimestamp !== (scheme.timestamp !== undefined && timeHeader === undefined)) {
    throw new ConfigurationError(
      "timestamp",
      "A timestamp stands either in the signature's layout or in a header of its own (timestamp.header): say which, once.",
    );
  }
  if (scheme.timestamp !== undefined && !signsTime && !isListed(scheme.content, timeHeader)) {
    throw new ConfigurationError("content", "content must hold the timestamp: one that is not signed proves nothing.");
  }
  if (signsId !== (idHeader !== undefined)) {
    throw new ConfigurationError(
      "id",
      "An id is signed, and its header named, or neither: content and id.header do not agree.",
    );
  }
  const timeHeaderName = timeHeader ?? signatureHeader;

  /** The signed time in milliseconds; NaN where none is signed, `undefined` where it is not yet found. */
  function readTime(head: RequestHead, fields: SignatureFields): number | Unreadable | undefined {
    if (unit === undefined) return Number.NaN;
    if (timeHeader !== undefined) {
      const written = getHeader(head.headers, timeHeader, head.rawHeaders);
      if (typeof written !== "string") {
        return new Unreadable(timeHeader, written === AMBIGUOUS ? "it stands there twice" : undefined);
      }
      fields.timestamp = written;
    }
    if (fields.timestamp === undefined) return undefined;
    const time = readTimestamp(fields.timestamp, unit);
    return Number.isNaN(time) ? new Unreadable(timeHeaderName, "its timestamp is not canonical") : time;
  }

  function readProof<Stale>(
    head: RequestHead,
    publicUrl: string,
    judge: (timestamp: number) => Stale | undefined,
  ): Proof | Unreadable | Stale {
    const fields: SignatureFields = { timestamp: undefined, signatures: [] };
    const text = getHeader(head.headers, signatureHeader, head.rawHeaders);
    if (typeof text !== "string")
      return new Unreadable(signatureHeader, text === AMBIGUOUS ? "it stands there twice" : undefined);
    if (text.length > MAX_HEADER_LENGTH)
      return new Unreadable(signatureHeader, `it is longer than ${MAX_HEADER_LENGTH} characters`);

    // The time first, where it is at hand: it is the cheapest thing that can be wrong.
    const rest = layout.readTimestamp(text, fields);
    let time = readTime(head, fields);
    if (time instanceof Unreadable) return time;
    const early = time === undefined || Number.isNaN(time) ? undefined : judge(time);
    if (early !== undefined) return early;
    const problem = layout.read(text, fields, rest);
    if (problem !== undefined) return new Unreadable(signatureHeader, problem);
    for (const name of others) {
      const more = getHeader(head.headers, name, head.rawHeaders);
      if (more === undefined) continue;
      const wrong =
        more === AMBIGUOUS || more.length > MAX_HEADER_LENGTH
          ? "it stands there twice or is too long"
          : layout.read(more, fields);
      if (wrong !== undefined) return new Unreadable(name, wrong);
    }
    if (time === undefined) {
      time = readTime(head, fields) as number | Unreadable;
      if (time instanceof Unreadable) return time;
      const late = judge(time);
      if (late !== undefined) return late;
    }

    let id: string | undefined;
    if (idHeader !== undefined) {
      const written = getHeader(head.headers, idHeader, head.rawHeaders);
      if (typeof written !== "string")
        return new Unreadable(idHeader, written === AMBIGUOUS ? "it stands there twice" : undefined);
      if (!ID.test(written))
        return new Unreadable(idHeader, "an id is 1 to 256 visible ASCII characters without '.' and ':'");
      id = written;
    }

    const start = join(before, head, fields.timestamp, id, publicUrl);
    if (typeof start !== "string") return start;
    const end = join(after, head, fields.timestamp, id, publicUrl);
    if (typeof end !== "string") return end;
    return { signatures: fields.signatures, timestamp: time, id, before: start, after: end, url: publicUrl };
  }

  return {
    scheme,
    layout,
    signatureHeader,
    signsUrl,
    signsPath,
    carries,
    readProof,
    surround(given) {
      const values = {
        ...given,
        header: (name: string) => (name === timeHeader ? given.timestamp : given.header(name)),
      };
      return { before: write(before, values), after: write(after, values) };
    },
  };
}

function split(content: readonly ContentPart[]) {
  const names = content.map((part) => (typeof part === "string" ? undefined : part.part));
  const at = names.findIndex((name) => name === "body" || name === "form");
  if (names.filter((name) => name === "body" || name === "form").length > 1) {
    throw new ConfigurationError("content", "content can hold the body once only.");
  }
  return {
    before: at === -1 ? content : content.slice(0, at),
    after: at === -1 ? [] : content.slice(at + 1),
    carries: at === -1 ? ("nothing" as const) : (names[at] as "body" | "form"),
    signsUrl: names.includes("url"),
    signsPath: names.includes("path"),
    signsTime: names.includes("timestamp"),
    signsId: names.includes("id"),
  };
}

function join(
  parts: readonly ContentPart[],
  head: RequestHead,
  timestamp: string | undefined,
  id: string | undefined,
  publicUrl: string,
): string | Unreadable {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else if (part.part === "timestamp") text += timestamp;
    else if (part.part === "id") text += id;
    else if (part.part === "header") {
      const value = getHeader(head.headers, part.name as string, head.rawHeaders);
      if (typeof value !== "string")
        return new Unreadable(part.name as string, value === AMBIGUOUS ? "it stands there twice" : undefined);
      if (NOT_LATIN1.test(value))
        return new Unreadable(part.name as string, "it holds characters that no header can hold");
      text += transformed(part, value);
    } else if (part.part === "headers") {
      const listed = readList(part, (name) => getHeader(head.headers, name, head.rawHeaders));
      if (listed instanceof Unlisted) return new Unreadable(listed.header, listed.problem);
      text += listed;
    } else {
      const value =
        part.part === "method" ? (head.method ?? "POST") : part.part === "path" ? pathOf(publicUrl) : publicUrl;
      const signed = transformed(part, value);
      if (NOT_LATIN1.test(signed))
        return new Unreadable("the request line", "it holds characters that no request line can hold");
      text += signed;
    }
  }
  return text;
}

function write(parts: readonly ContentPart[], values: ContentValues): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      if (part.part === "header") return transformed(part, values.header(part.name as string));
      if (part.part === "headers") return writeList(part, values);
      if (part.part === "path") return transformed(part, pathOf(values.url));
      return transformed(part, values[part.part as "timestamp" | "id" | "method" | "url"]);
    })
    .join("");
}

function writeList(part: ContentReference, values: ContentValues): string {
  const listed = readList(part, (name) => values.header(name));
  if (listed instanceof Unlisted)
    throw new ConfigurationError("headers", `The header "${listed.header}" cannot be signed: ${listed.problem}.`);
  return listed;
}

function transformed(part: ContentReference, value: string): string {
  return part.transform === undefined ? value : part.transform(value);
}

/** Path and query of an absolute or relative URL, untouched. */
export function pathOf(url: string): string {
  if (url.startsWith("/")) return url;
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start === -1 ? "/" : url.slice(start);
}
