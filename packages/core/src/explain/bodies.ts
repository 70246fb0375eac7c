import { INFLATABLE, inflate } from "../body/inflate.ts";
import { decodeText } from "../body/text.ts";
import { fromBase64, utf8 } from "../lib/bytes.ts";
import type { Attempt, Hypothesis } from "./attempt.ts";

type Rewrite = (text: string) => readonly (string | Uint8Array | undefined)[];

/** The attempt with its body rewritten as text, once for each way that gives another one. */
function asText(rewrite: Rewrite): Hypothesis["variants"] {
  return (attempt) => {
    const text = decodeText(attempt.body);
    if (text === undefined) return [];
    const bodies = rewrite(text).filter((other) => other !== undefined && other !== text) as (string | Uint8Array)[];
    return bodies.map((body) => ({ ...attempt, body: typeof body === "string" ? utf8(body) : body }));
  };
}

/** What well-known serializers write for a value. */
function spellings(text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const compact = JSON.stringify(value);
  const layouts = [
    compact,
    JSON.stringify(value, null, 2),
    JSON.stringify(value, null, 4),
    JSON.stringify(value, null, "\t"),
    spaced(compact),
  ];
  const escapes = layouts.flatMap((layout) => [
    layout,
    layout.replaceAll("/", "\\/"),
    ascii(layout),
    ascii(layout.replaceAll("/", "\\/")),
    html(layout),
  ]);
  return [...new Set(escapes)].flatMap((spelling) => [spelling, `${spelling}\n`]);
}

/** As Python writes it: a blank behind each comma and colon outside strings. */
const spaced = (json: string) =>
  json.replace(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) => (token.startsWith('"') ? token : `${token} `));
/** As PHP and Python write it: everything but ASCII escaped. */
const ascii = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
/** As Go writes it. */
const html = (json: string) =>
  json.replace(/[<>&\u2028\u2029]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Text whose characters are bytes, as those bytes; nothing for other text. */
function latin1(text: string): Uint8Array | undefined {
  return /[\u0100-\uffff]/.test(text) ? undefined : Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

function inner(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

const RAW =
  "Verify the bytes as they came: before any parser, or with what express.json({ verify: keepRawBody }) keeps.";

export const BODIES: readonly Hypothesis[] = [
  {
    code: "body_reserialised",
    sentence: "The body was parsed and written again: the same JSON, but not the bytes that were signed.",
    mend: RAW,
    variants: asText(spellings),
  },
  {
    code: "body_stringified_twice",
    sentence:
      "The body is a JSON string that holds the JSON that was signed: it went through JSON.stringify() once too often.",
    mend: RAW,
    variants: asText((text) => [inner(text)]),
  },
  {
    code: "body_line_break_added",
    sentence: "The body has a line break or blanks around it that were not signed.",
    mend: "Do not let a shell, an editor or a template add one: curl --data-binary @file, not --data.",
    variants: asText((text) => [text.replace(/\r?\n$/, ""), text.trimEnd(), text.trim()]),
  },
  {
    code: "body_line_break_lost",
    sentence: "The body that was signed ends with a line break, which is missing here.",
    mend: RAW,
    variants: asText((text) => [`${text}\n`, `${text}\r\n`]),
  },
  {
    code: "body_line_endings",
    sentence: "The line endings of the body were changed, between CRLF and LF.",
    mend: "Something on the way treats the body as text: a proxy, or a fixture that git converts (mark it binary in .gitattributes).",
    variants: asText((text) => [text.replaceAll("\r\n", "\n"), text.replace(/\r?\n/g, "\r\n")]),
  },
  {
    code: "body_byte_order_mark",
    sentence: "A byte order mark at the start of the body was dropped or added.",
    mend: "Do not decode the body before it is verified: TextDecoder and many readers drop the mark.",
    variants: asText((text) => [text.replace(/^\ufeff/, ""), `\ufeff${text}`]),
  },
  {
    code: "body_encoded_twice",
    sentence: "The body was read as Latin-1 and written again as UTF-8.",
    mend: 'Keep it as bytes: no setEncoding("latin1" or "binary"), no toString("binary").',
    variants: asText((text) => [latin1(text)]),
  },
  {
    code: "body_decoded_latin1",
    sentence: "The body that was signed is UTF-8 text in which each byte of this body is a character of its own.",
    mend: "The sender encodes twice; tell them, or verify what they signed.",
    variants: (attempt) => [{ ...attempt, body: utf8(String.fromCharCode(...attempt.body.subarray(0, 65_536))) }],
  },
  {
    code: "body_base64",
    sentence: "The body is the base64 of what was signed: a serverless platform hands binary bodies out so.",
    mend: 'Decode it first where the event says so: Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8").',
    variants: asText((text) => [text === "" ? undefined : fromBase64(text.trim())]),
  },
  {
    code: "form_reencoded",
    sentence: "The form was parsed and written again, with other escapes than those that were signed.",
    mend: RAW,
    variants: asText((text) => {
      if (!text.includes("=")) return [];
      const again = new URLSearchParams(text).toString();
      return [again, again.replaceAll("+", "%20"), text.replaceAll("+", "%20"), text.replaceAll("%20", "+")];
    }),
  },
  {
    code: "body_compressed",
    sentence: "The signature covers the inflated body, and this one is still compressed.",
    mend: 'Set encoding: "inflated" on the provider or the verifier.',
    variants: inflatedVariants,
  },
];

async function inflatedVariants(attempt: Attempt): Promise<readonly Attempt[]> {
  const found: Attempt[] = [];
  for (const encoding of INFLATABLE) {
    try {
      found.push({ ...attempt, body: await inflate(encoding, attempt.body, 16_777_216) });
    } catch {
      // It is not compressed so.
    }
  }
  return found;
}
