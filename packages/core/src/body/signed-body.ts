import { platform } from "#crypto";
import type { RequestHead } from "../head/head.ts";
import { toBytes, utf8 } from "../lib/bytes.ts";
import { crc32 } from "../lib/crc32.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { SignatureScheme } from "../scheme/compile.ts";
import { isForm, parseForm, sortedForm } from "./form.ts";
import { decodeText } from "./text.ts";

const NOTHING = new Uint8Array(0);

/**
 * The part of the signed content that the body makes: for requests that came, that we make, and that are explained.
 * `undefined` when it is a form that cannot be read; a promise only where the platform hashes asynchronously.
 */
export function signedBody(
  { carries, hash }: Pick<SignatureScheme, "carries" | "hash">,
  head: RequestHead,
  body: Uint8Array | string,
): MaybePromise<Uint8Array | string | undefined> {
  if (carries === "body") return body;
  if (hash !== undefined) return platform.digest(hash.digest, body, hash.encoding);
  if (carries === "crc32") return String(crc32(toBytes(body)));
  if (carries === "nothing" || !isForm(head)) return NOTHING;
  const text = decodeText(body);
  const fields = text === undefined ? undefined : parseForm(text);
  return fields === undefined ? undefined : utf8(sortedForm(fields));
}
