import type { RequestHead } from "../head/head.ts";
import type { HeadersLike } from "../head/headers.ts";
import type { Proof } from "../scheme/proof.ts";
import type { AsymmetricScheme, MacScheme } from "../scheme/scheme.ts";
import type { Secret } from "../scheme/secret.ts";
import type { Finding } from "./finding.ts";

/** One assumption about what the sender did: verified as it is, or with something changed. */
export interface Attempt {
  readonly scheme: MacScheme | AsymmetricScheme;
  readonly secrets: readonly Secret[];
  readonly headers: HeadersLike;
  readonly method: string;
  readonly url: string;
  readonly body: Uint8Array;
  /** No HMAC, but a plain SHA-256 of secret and content. */
  readonly bare?: "secret first" | "secret last";
  /** Another text around the body than the scheme's own. */
  readonly around?: (proof: Proof) => { readonly before: string; readonly after: string };
}

/** The part of an attempt that one kind of mistake changes, so that two mistakes can be put together. */
export type Change = Partial<Attempt>;

/** Something that people get wrong, and how to see it: by trying what they should have done. */
export interface Hypothesis extends Finding {
  /** What should have been, the likeliest first; made one at a time, because most are never asked for. */
  changes(attempt: Attempt): Iterable<Change> | AsyncIterable<Change>;
  /** True for those of which there are too many to be tried together with another mistake. */
  readonly many?: boolean;
  /** A further sentence about the change that was proven right. */
  readonly tell?: (attempt: Attempt, change: Change) => string;
}

/** The head as the scheme reads it. */
export function headOf({ method, url, headers }: Attempt): RequestHead {
  return { method, url, headers };
}
