import type { HeadersLike } from "@countersign/core";

/** The header part of a message, in any of the forms that frameworks use. */
export interface HeaderSource {
  /** A Fetch `Headers`, or an object of names and values such as Node's `req.headers`; a list where a header has several lines. */
  readonly headers: HeadersLike;
  /** Node's `rawHeaders`, where there are some: they alone show all lines in their order. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/** A request, as far as signatures see it. */
export interface RequestMessage extends HeaderSource {
  /** The HTTP method in the case in which it was sent, nearly always upper: `"POST"`. */
  readonly method: string;
  /** Absolute: `"https://example.com/hooks?x=1"`. Escaped as it travels; what follows `#` is passed over. */
  readonly url: string;
  /** The request line's target where it is not path and query: `"*"`, `"example.com:80"`, an absolute URL for a proxy. */
  readonly target?: string;
  /** What came after the body, for the parameter `tr`. */
  readonly trailers?: HeadersLike;
}

/** A response, and the request that it answers where its signature may speak of it (`req`). */
export interface ResponseMessage extends HeaderSource {
  /** The three digits of the HTTP status, from 100 to 999: what `@status` covers. */
  readonly status: number;
  /** The request that led to it, for the parameter `req`. */
  readonly request?: RequestMessage;
  /** What came after the body, for the parameter `tr`. */
  readonly trailers?: HeadersLike;
}

/** A request or a response: which of both it is, its `status` tells. */
export type Message = RequestMessage | ResponseMessage;

/** Whether it is an answer. */
export function isResponse(message: Message): message is ResponseMessage {
  return "status" in message;
}
