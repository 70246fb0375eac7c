import { decodeText } from "../body/text.ts";
import type { HeadersLike } from "../head/headers.ts";
import { fromBase64 } from "../lib/bytes.ts";
import type { Attempt, Change, Hypothesis } from "./attempt.ts";
import { valuesOf } from "./header-values.ts";
import { lengthOf } from "./signature-looks.ts";
import { trimmedEnd } from "./trim.ts";

/** The same headers with another value for one. */
export function replaced(headers: HeadersLike, name: string, value: string): HeadersLike {
  return {
    get: (asked) => {
      const values = asked === name ? [value] : valuesOf(headers, asked);
      return values.length === 1 ? (values[0] as string) : null;
    },
  };
}

/** Longer values are no signature. */
const LONGEST = 4096;

/** The header of the signature written otherwise. */
function rewritten(...ways: readonly ((text: string) => Iterable<string | undefined>)[]): Hypothesis["changes"] {
  return function* others({ scheme, headers }: Attempt): Generator<Change> {
    const { header } = scheme.signature;
    for (const name of typeof header === "string" ? [header] : header) {
      const values = valuesOf(headers, name.toLowerCase()).filter(({ length }) => length <= LONGEST);
      for (const way of ways) {
        for (const written of values) {
          for (const other of way(written)) {
            if (other !== undefined && (other !== written || values.length > 1))
              yield { headers: replaced(headers, name.toLowerCase(), other) };
          }
        }
      }
    }
  };
}

/** What could be a signature in a header: a run that is long enough. */
const RUN = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
const inRuns = (change: (run: string) => string | undefined) => (text: string) => [
  text.replace(RUN, (run) => change(run) ?? run),
];
function padded(run: string): string {
  const bare = trimmedEnd(run, "=");
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
}
const standard = (run: string) => padded(run.replaceAll("-", "+").replaceAll("_", "/"));

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2")
    .trim();
}

/** Headers that were written or copied badly, around a signature that is right. */
export const HEADERS: readonly Hypothesis[] = [
  {
    code: "header_twice",
    sentence: "The header of the signature is there twice, and two values are no signature.",
    mend: "Look for a proxy that adds the header to the one that is there, or a client that sets it twice.",
    changes: rewritten(
      (text) => [text],
      (text) => text.split(/,\s*/),
      (text) => [/^(.+?),\s*\1$/s.exec(text)?.[1]],
    ),
  },
  {
    code: "signature_whitespace",
    sentence: "The signature has whitespace or quotes around it in its header.",
    mend: "Send the header's value alone; a template or a shell adds the rest.",
    changes: rewritten((text) => [
      unquoted(text),
      text.replace(/\s+/g, ""),
      text.replace(/[\s"']+/g, ""),
      /^\s*\[\s*"(.*)"\s*\]\s*$/s.exec(text)?.[1], // A list of one, as JSON.
      /^\s*b(["'])(.*)\1\s*$/s.exec(text)?.[2], // Python's str() of bytes.
    ]),
  },
  {
    code: "signature_separators",
    sentence: "The signature's bytes are written with dashes, colons or blanks between them.",
    mend: 'Let the sender write plain hex: in .NET Convert.ToHexString(hash), or Replace("-", "") behind BitConverter.',
    changes: rewritten((text) => [
      text.replace(/\b[0-9a-f]{2}(?:[-: ][0-9a-f]{2}){15,}\b/gi, (run) => run.replace(/[-: ]/g, "").toLowerCase()),
    ]),
  },
  {
    code: "signature_zeros_lost",
    sentence: "The signature lacks the zeros that it begins with: it was written as a number.",
    mend: "Let the sender write each byte with two digits: BigInteger.toString(16) and Integer.toHexString do not.",
    changes: (attempt) => {
      const { scheme } = attempt;
      const length = scheme.encoding === "hex" ? lengthOf(scheme) : 0;
      return rewritten((text) => [
        text.replace(/[0-9a-f]{20,}/i, (run) => (length - run.length <= 8 ? run.padStart(length, "0") : run)),
      ])(attempt);
    },
  },
  {
    code: "encoding",
    sentence: "The signature is in another spelling of base64 than the scheme reads, or was encoded twice.",
    mend: "Standard base64 with its padding is read: the sender writes base64url or leaves out the padding, or encodes hex as base64.",
    changes: rewritten(
      inRuns(standard),
      inRuns((run) => decodeText(fromBase64(standard(run)) ?? new Uint8Array(0))),
    ),
  },
  {
    code: "signature_escaped",
    sentence: "The signature is escaped as in a URL or a form, or lost its plus signs that way.",
    mend: "Read the header as it came: it is no form, and nothing in it is escaped.",
    changes: rewritten((text) => [
      decodeURIComponent(text),
      text.replaceAll(" ", "+"),
      text.replaceAll("&#43;", "+").replaceAll("&#61;", "="),
    ]),
  },
  {
    code: "layout",
    sentence: "The signature's prefix is written otherwise than the scheme expects it.",
    mend: "Correct the layout of the scheme, or what the sender writes around the signature.",
    changes: rewritten((text) => [
      text.toLowerCase(),
      text.replace(/^((?:sha\d+|v\d)[=,])\1+/i, "$1"),
      text.replace(/^(sha\d+|v\d)\s*[:, ]\s*/i, "$1="),
      text.replace(/^(sha\d+|v\d)\s*[:= ]\s*/i, "$1,"),
      text.replace(/,(?=v\d+[a-z]?,)/g, " "),
      text.replaceAll(";", ","),
      text.replaceAll(",", ";"),
    ]),
  },
  {
    code: "timestamp_rewritten",
    sentence: "The time in its header is the signed one, written otherwise: something read it and wrote it again.",
    mend: "Hand the header over as it came: it is signed character by character.",
    *changes({ scheme, headers }): Generator<Change> {
      const name = scheme.timestamp?.header?.toLowerCase();
      const [written = ""] = name === undefined ? [] : valuesOf(headers, name);
      if (name === undefined || written === "" || written.length > 64) return;
      for (const other of times(written)) if (other !== written) yield { headers: replaced(headers, name, other) };
    },
  },
];

/** The spellings of one moment: seconds, milliseconds, RFC 3339 with and without a fraction. */
function times(text: string): readonly string[] {
  const bare = unquoted(text);
  const number = /^\d{9,16}(?:\.\d+)?$/.test(bare) ? Number(bare) : Date.parse(bare);
  if (!(number > 0)) return [bare];
  const time = Math.round(number < 1e11 ? number * 1000 : number);
  const whole = new Date(time).toISOString().replace(/\.\d+Z$/, "");
  const fraction = `${whole}.${String(time % 1000).padStart(3, "0")}`;
  const zones = ["Z", "+00:00"].flatMap((zone) => [whole + zone, fraction + zone]);
  return [bare, String(Math.floor(time / 1000)), String(time), ...zones];
}
