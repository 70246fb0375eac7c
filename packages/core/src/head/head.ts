import type { HeadersLike } from "./headers.ts";

/** The head of a request: all that is known before its body. */
export interface RequestHead {
  /** Upper case. Absent means the provider's first method. */
  readonly method?: string;
  /** Absolute, or path and query only; see the `publicUrl` option where a scheme signs it. */
  readonly url?: string;
  /** A Fetch `Headers`, or an object of names and values such as Node's `req.headers`. */
  readonly headers: HeadersLike;
  /** Node's `req.rawHeaders`, where there are some: it alone shows header lines that Node drops. */
  readonly rawHeaders?: readonly string[];
}
