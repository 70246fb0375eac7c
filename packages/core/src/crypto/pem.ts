import { fromBase64 } from "../lib/bytes.ts";
import { KeyFault } from "./key-fault.ts";

/** One block of PEM (RFC 7468): what it says that it is, and its bytes. */
export interface PemBlock {
  /** Such as `"PUBLIC KEY"`. */
  readonly label: string;
  readonly der: Uint8Array;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END ([A-Z0-9 ]{1,64})-----/g;

/** Whether a text is meant as PEM, well formed or not. */
export function looksLikePem(text: string): boolean {
  return text.includes("-----BEGIN");
}

/** The blocks of a text, each as it is written, in order. What stands between them is a remark, as OpenSSL writes. */
export function splitPem(text: string): readonly string[] {
  return Array.from(text.matchAll(BLOCK), ([block]) => block);
}

/** All blocks of a text. @throws KeyFault where one cannot be read, or there is none */
export function readPem(text: string): readonly PemBlock[] {
  if (text.includes("\\n") && !text.includes("\n")) {
    throw new KeyFault(
      'holds "\\n" as two characters where line breaks belong: replace them where it is read, with text.replaceAll("\\\\n", "\\n")',
    );
  }
  const blocks = Array.from(text.matchAll(BLOCK), ([, label = "", body = "", end]) => {
    if (label !== end) throw new KeyFault(`begins as "${label}" and ends as something else`);
    if (body.includes(":")) throw new KeyFault(`is encrypted PEM ("${label}"): give the key without a password`);
    const der = fromBase64(body.replace(/\s+/g, ""));
    if (der === undefined || der.length === 0) throw new KeyFault(`is PEM ("${label}") whose base64 is broken`);
    return { label, der };
  });
  if (blocks.length === 0 || blocks.length !== text.split("-----BEGIN").length - 1) {
    throw new KeyFault("is PEM that is cut off: copy it whole, from -----BEGIN to the END line");
  }
  return blocks;
}
