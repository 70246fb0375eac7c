import type { RequestHead } from "../head/head.ts";
import { utf8 } from "../lib/bytes.ts";
import type { SignatureScheme } from "../scheme/compile.ts";
import { isForm, parseForm, sortedForm } from "./form.ts";
import { decodeText } from "./text.ts";

const NOTHING = new Uint8Array(0);

/**
 * The part of the signed content that the body makes: for requests that came, that we make, and that are explained.
 * `undefined` when it is a form that cannot be read.
 */
export function signedBody(
  carries: SignatureScheme["carries"],
  head: RequestHead,
  body: Uint8Array | string,
): Uint8Array | string | undefined {
  if (carries === "body") return body;
  if (carries === "nothing" || !isForm(head)) return NOTHING;
  const text = decodeText(body);
  const fields = text === undefined ? undefined : parseForm(text);
  return fields === undefined ? undefined : utf8(sortedForm(fields));
}
