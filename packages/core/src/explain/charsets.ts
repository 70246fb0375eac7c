import { decodeText } from "../body/text.ts";
import { utf8 } from "../lib/bytes.ts";
import { asText, LARGEST } from "./as-text.ts";
import type { Change, Hypothesis } from "./attempt.ts";

/** Labels of the Encoding Standard that gateways and files are still written in. */
const LABELS = [
  "utf-16le",
  "utf-16be",
  "windows-1251",
  "iso-8859-2",
  "iso-8859-15",
  "shift_jis",
  "euc-jp",
  "gb18030",
  "big5",
  "euc-kr",
];
/** Where windows-1252 is not Latin-1. */
const CP1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Up to here it is tried that the sender signs another character set than he sends. */
const SMALL = 65_536;

/** Text whose characters are bytes, as those bytes; nothing for other text. */
function bytesOf(text: string, table = ""): Uint8Array | undefined {
  const codes = Uint8Array.from(text, () => 0);
  for (let i = 0; i < text.length; i++) {
    const special = table.indexOf(text.charAt(i));
    const code = special === -1 ? text.charCodeAt(i) : 0x80 + special;
    if (code > 0xff) return undefined;
    codes[i] = code;
  }
  return codes;
}

function utf16(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), true);
  return new Uint8Array(view.buffer);
}

/** Each byte as the character of its number. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** The same, as Windows has it; not every platform's decoder knows the difference. */
function windows(bytes: Uint8Array): string {
  return latin1(bytes).replace(/[\u0080-\u009f]/g, (unit) => CP1252.charAt(unit.charCodeAt(0) - 0x80));
}

/** Bodies that were read or written in another character set. */
export const CHARSETS: readonly Hypothesis[] = [
  {
    code: "body_encoded_twice",
    sentence: "The body was read as Latin-1 and written again as UTF-8.",
    mend: 'Keep it as bytes: no setEncoding("latin1" or "binary"), no toString("binary").',
    changes: asText((text) => (/\P{ASCII}/u.test(text) ? [bytesOf(text), bytesOf(text, CP1252)] : [])),
  },
  {
    code: "body_charset",
    sentence: "The body was converted from UTF-8 to another character set, or the sender signed it in another one.",
    mend: "Keep it as bytes from the socket to the verifier: a gateway, a file or a string type converts it.",
    *changes({ body }): Generator<Change> {
      if (body.length > LARGEST) return;
      const text = decodeText(body);
      for (const label of LABELS) {
        // UTF-16 has a zero in every ASCII character; what is UTF-8 was not converted to the others.
        if (label.startsWith("utf-16") ? !body.includes(0) : text !== undefined) continue;
        const other = decoded(label, body);
        if (other !== undefined) yield* [{ body: utf8(other) }, { body: utf8(`\ufeff${other}`) }];
      }
      if (text === undefined) yield* [{ body: utf8(latin1(body)) }, { body: utf8(windows(body)) }];
      else if (body.length <= SMALL) yield* [{ body: utf16(text) }, { body: utf16(`\ufeff${text}`) }];
      if (text !== undefined && body.length <= SMALL && /\P{ASCII}/u.test(text)) {
        yield* [
          { body: utf8(text.replace(/[\u0080-\uffff]/g, "?")) },
          { body: utf8(text.replace(/\P{ASCII}/gu, "?")) },
        ];
      }
    },
  },
  {
    code: "body_decoded_latin1",
    sentence: "The body that was signed is UTF-8 text in which each byte of this body is a character of its own.",
    mend: "The sender encodes twice; tell them, or verify what they signed.",
    changes: asText((text, { body }) => (/\P{ASCII}/u.test(text) ? [latin1(body)] : [])),
  },
];

function decoded(label: string, body: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(body);
  } catch {
    return undefined; // It is not written so, or the platform does not know it.
  }
}
