import { looksCurl, readCurl } from "./curl.ts";
import { readJson } from "./json.ts";
import { looksRaw, readRaw } from "./raw-http.ts";
import { type SavedRequest, Unreadable } from "./saved.ts";

/** Longer input is refused before it is looked at. */
const LIMIT = 32 * 1_048_576;

/**
 * A saved request, in whichever form it is: raw HTTP, a curl command, a HAR file, JSON of headers and body, an event of
 * AWS, a dump of Express.
 *
 * @param entry which request of a HAR file, counted from 1
 * @throws Unreadable, whatever the bytes are
 */
export function readSaved(bytes: Uint8Array, entry?: number): SavedRequest {
  if (bytes.length === 0) throw new Unreadable("it is empty.");
  if (bytes.length > LIMIT) throw new Unreadable(`it is larger than ${LIMIT >> 20} MiB.`);
  // Editors of Windows begin a file with a mark that is no part of it, and people with empty lines.
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let start = from;
  while (start < bytes.length && [9, 10, 13, 32].includes(bytes[start] as number)) start++;
  const rest = bytes.subarray(start);
  if (rest.length === 0) throw new Unreadable("it is empty.");
  if (looksRaw(rest)) return readRaw(rest);
  const text = new TextDecoder().decode(rest);
  if (/^[{[]/.test(text)) return readJson(text, entry);
  if (looksCurl(text)) return readCurl(text);
  throw new Unreadable("it is neither raw HTTP, nor a curl command, nor JSON.");
}
