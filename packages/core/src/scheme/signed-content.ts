import type { RequestHead } from "../head/head.ts";
import { NOT_LATIN1 } from "./check.ts";
import type { ContentPart, ContentReference } from "./content.ts";
import { readListedHeaders } from "./listed-headers.ts";
import { readHeader, Unreadable } from "./proof.ts";

/** What a request's content is made of, beside its headers and its body. */
export interface SignedValues {
  /** Exactly the characters of its header; `undefined` where no time is signed. */
  readonly timestamp: string | undefined;
  /** The delivery id; `undefined` where none is signed. */
  readonly id: string | undefined;
  /** The public URL, or path and query. */
  readonly url: string;
}

/** What is called unreadable when it is the method or the URL. */
export const REQUEST_LINE = "the request line";

/**
 * What is signed, on one side of the body: for requests that came, for those that we make, and for those that are
 * explained. There is no other place that knows, so that signing and verifying cannot drift apart.
 *
 * @param plain leaves parts that may be signed so as they came
 */
export function joinContent(
  parts: readonly ContentPart[],
  head: RequestHead,
  values: SignedValues,
  plain = false,
): string | Unreadable {
  let text = "";
  for (const part of parts) {
    const piece =
      typeof part === "string"
        ? part
        : readPart(plain && part.orPlain === true ? { part: part.part } : part, head, values);
    if (typeof piece !== "string") return piece;
    text += piece;
  }
  return text;
}

function readPart(part: ContentReference, head: RequestHead, values: SignedValues): string | Unreadable {
  switch (part.part) {
    case "timestamp":
      return values.timestamp as string;
    case "id":
      return values.id as string;
    case "header": {
      const value = readHeader(head, part.name as string);
      if (typeof value !== "string") return value;
      return NOT_LATIN1.test(value)
        ? new Unreadable(part.name as string, "it holds characters that no header can hold")
        : transformed(part, value);
    }
    case "headers":
      return readListedHeaders(part, head);
    case "method":
      return inRequestLine(part, head.method ?? "POST");
    case "path":
      return inRequestLine(part, pathOf(values.url));
    default:
      return inRequestLine(part, values.url);
  }
}

function inRequestLine(part: ContentReference, value: string): string | Unreadable {
  const signed = transformed(part, value);
  return NOT_LATIN1.test(signed)
    ? new Unreadable(REQUEST_LINE, "it holds characters that no request line can hold")
    : signed;
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
