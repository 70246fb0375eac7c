import type { Digest, Encoding } from "./encoding.ts";

/**
 * What is signed, as a list of parts in the order in which they are fed to the MAC. Strings stand for themselves.
 *
 * @example
 * ```ts
 * import { body, timestamp, type ContentPart } from "@countersign/core";
 *
 * const stripe: ContentPart[] = [timestamp, ".", body];
 * ```
 */
export type ContentPart = string | ContentReference;

/** A part whose value comes from the request. */
export interface ContentReference {
  /** Which of the request's parts is fed in at this place. */
  readonly part:
    | "body"
    | "bodyHash"
    | "crc32"
    | "timestamp"
    | "id"
    | "method"
    | "url"
    | "path"
    | "header"
    | "headers"
    | "form";
  /** For `header`: which; for `headers`: which one lists the others. In lower case. */
  readonly name?: string;
  /** For `headers`: names that the list must hold. */
  readonly required?: readonly string[];
  /** For `bodyHash`, what stands in the body's place; absent for all others. */
  readonly hash?: {
    /** Which hash function: one that nobody finds a second body for. */
    readonly digest: Digest;
    /** How the hash is written; hex in small letters. */
    readonly encoding: Encoding;
  };
  /** Rewrites the value before it is signed, for providers that sign a form of it. */
  readonly transform?: (value: string) => string;
  /** True where a signature over the value as it came is genuine too; `sign()` rewrites it. */
  readonly orPlain?: boolean;
}

/** The body, exactly as received. At most once, and it is what `update()` feeds. */
export const body: ContentReference = Object.freeze({ part: "body" });
/** The timestamp as the header writes it, after its grammar was checked. */
export const timestamp: ContentReference = Object.freeze({ part: "timestamp" });
/** The delivery id as the header writes it. */
export const id: ContentReference = Object.freeze({ part: "id" });
/** The HTTP method in upper case, such as `POST`. */
export const method: ContentReference = Object.freeze({ part: "method" });
/** The public URL, whole. Behind a proxy the `publicUrl` option says what that is. */
export const url: ContentReference = Object.freeze({ part: "url" });
/** Path and query as the request line has them, without the origin. */
export const path: ContentReference = Object.freeze({ part: "path" });
/** The form's fields, sorted by name, each name directly followed by its value (Twilio). Stands in for the body. */
export const form: ContentReference = Object.freeze({ part: "form" });

/**
 * A hash of the body in the body's place, as text: what is signed is then short, and the body still proven, because
 * nobody finds another body of the same hash.
 */
export function bodyHash(digest: "sha256" | "sha384" | "sha512", encoding: Encoding): ContentReference {
  return Object.freeze({ part: "bodyHash", hash: Object.freeze({ digest, encoding }) });
}

/**
 * The CRC-32 of the body in the body's place, as a decimal number (PayPal). It proves no body: anybody can write another
 * one of the same checksum, under a signature that was seen once. A row with it says so under `unprotected`.
 */
export const crc32: ContentReference = Object.freeze({ part: "crc32" });

/** The value of another header, which is then required: a request without it is refused as `missing_signature`. */
export function header(name: string): ContentReference {
  return Object.freeze({ part: "header", name: name.toLowerCase() });
}

/**
 * The headers that another header lists, sorted by name, each as `name:value`, joined by `;` (Contentful). The list
 * itself and the `required` ones must be in it, so that what is signed says what is signed.
 */
export function listedHeaders(list: string, required: readonly string[]): ContentReference {
  const name = list.toLowerCase();
  return Object.freeze({
    part: "headers",
    name,
    required: Object.freeze([name, ...required.map((one) => one.toLowerCase())]),
  });
}

/** Path and query of the request in the form that a provider signs. */
export function pathAs(transform: (path: string) => string): ContentReference {
  return Object.freeze({ part: "path", transform });
}

/**
 * The public URL in the form that a provider signs.
 *
 * @param orPlain where the vendor's page and its library differ: also takes a signature over the URL as it came
 */
export function urlAs(transform: (url: string) => string, orPlain = false): ContentReference {
  return Object.freeze({ part: "url", transform, orPlain });
}

/** Parts that stand for the body; a content has one of them at most. */
export type BodyPart = "body" | "form" | "bodyHash" | "crc32";

/** The same, to ask whether a part is one. */
export const BODY_PARTS: ReadonlySet<unknown> = new Set<BodyPart>(["body", "form", "bodyHash", "crc32"]);
