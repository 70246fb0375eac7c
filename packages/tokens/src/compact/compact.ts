import { fromBase64Url } from "./base64url.ts";
import { type Fields, segmentObject } from "./json.ts";

/** A token longer than this is refused unread: it is what servers take as one header. */
export const MAX_TOKEN_LENGTH = 8192;

/** A token in compact serialization (RFC 7515, 7.1), taken apart; nothing of it is believed yet. */
export interface Compact {
  /** The header as it is written. */
  readonly protected: string;
  /** The header as an object. */
  readonly header: Fields;
  /** The payload as it is written; empty where it is detached. */
  readonly payload: string;
  /** The signature as it is written. */
  readonly signature: string;
}

/**
 * Takes a token apart, strictly; a phrase says what is wrong with it.
 *
 * @param limit most characters
 */
export function readCompact(text: string, detached: boolean, limit = MAX_TOKEN_LENGTH): Compact | string {
  if (text.length > limit) return `it is longer than ${limit} characters`;
  const segments = text.split(".", 4);
  if (segments.length !== 3) return "it does not have three segments";
  const [written, payload, signature] = segments as [string, string, string];
  if (detached !== (payload === "")) return detached ? "its payload is not detached" : "it has no payload";
  const header = segmentObject(written);
  if (header === undefined) return "its header is not a JSON object in base64url";
  if (signature === "" || fromBase64Url(signature) === undefined) return "its signature is not base64url";
  return { protected: written, header, payload, signature };
}
