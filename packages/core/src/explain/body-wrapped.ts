import { concat, inflate, isCompressed } from "../body/inflate.ts";
import { decodeText } from "../body/text.ts";
import { fromBase64 } from "../lib/bytes.ts";
import { asText, LARGEST, RAW } from "./as-text.ts";
import type { Change, Hypothesis } from "./attempt.ts";
import { trimmedEnd } from "./trim.ts";
import { writtenBytes } from "./written-bytes.ts";

/** As `DecompressionStream` calls them; where a platform lacks one, it is passed over. */
const COMPRESSIONS = ["gzip", "deflate", "deflate-raw", "brotli"];

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Standard base64 or base64url, blanks and padding as they may be. */
function fromAnyBase64(text: string): Uint8Array | undefined {
  const bare = trimmedEnd(text.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/"), "=");
  return bare.length < 8 ? undefined : fromBase64(bare);
}

async function* inflated(body: Uint8Array): AsyncGenerator<Change> {
  for (const compression of COMPRESSIONS) {
    const inner = await inflate(compression, body, LARGEST).catch(() => undefined);
    if (inner !== undefined) yield { body: inner };
  }
}

/** Texts in a value, the longest first: the webhook is what an envelope is mostly made of. */
function textsIn(value: unknown): readonly string[] {
  const found: string[] = [];
  let level: unknown[] = [value];
  for (let depth = 0; depth < 6 && level.length > 0; depth++) {
    found.push(...level.filter((one) => typeof one === "string"));
    level = level
      .filter((one) => typeof one === "object" && one !== null)
      .flatMap((one) => Object.values(one as object));
    level = level.slice(0, 2000);
  }
  return found.sort((a, b) => b.length - a.length).slice(0, 10);
}

/** Objects in an envelope that were the webhook before somebody parsed it. */
function objectsIn(value: unknown): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).filter((one) => typeof one === "object" && one !== null);
  return inner
    .flatMap((one) => [one, ...Object.values(one).filter((two) => typeof two === "object" && two !== null)])
    .slice(0, 10);
}

/** What is inside the frames; nothing where they are no frames. */
function unchunked(body: Uint8Array): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    const line = body.indexOf(10, at);
    const size = Number.parseInt(new TextDecoder().decode(body.subarray(at, Math.min(line, at + 16))), 16);
    if (line === -1 || Number.isNaN(size) || line + 1 + size > body.length) return undefined;
    if (size === 0) break;
    parts.push(body.subarray(line + 1, line + 1 + size));
    at = line + 1 + size + 2;
  }
  return concat(
    parts,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  amp: "&",
  lt: "<",
  gt: ">",
  apos: "'",
  "#x27": "'",
  "#39": "'",
  "#039": "'",
  "#x2f": "/",
};
const unescaped = (text: string) =>
  text.replace(/&(#?\w{2,5});/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);

/** Control characters but those that JSON may have between its tokens. */
const CONTROL = /(?![\t\n\r\u007f-\u009f])\p{Cc}/u;
const controls = (text: string, write: (hex: string) => string) =>
  text.replace(new RegExp(CONTROL, "gu"), (one) => `\\u${write(one.charCodeAt(0).toString(16)).padStart(4, "0")}`);

/** Bodies that hold what was signed inside something else. */
export const WRAPPED: readonly Hypothesis[] = [
  {
    code: "body_compressed",
    sentence: "The signature covers the inflated body, and this one is still compressed.",
    mend: 'Set encoding: "inflated" on the provider or the verifier; brotli has to be inflated in front of it.',
    changes: ({ body }) => inflated(body),
  },
  {
    code: "body_base64",
    sentence: "The body is the base64 of what was signed: a serverless platform hands binary bodies out so.",
    mend: 'Decode it first where the event says so: Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8").',
    async *changes({ body }): AsyncGenerator<Change> {
      const text = body.length > LARGEST ? undefined : decodeText(body);
      for (const inner of text === undefined
        ? []
        : [text, text.replace(/^"|"$/g, ""), text.replace(/^data:[^,]{0,100},/, "")]) {
        const bytes = fromAnyBase64(inner);
        if (bytes === undefined) continue;
        yield { body: bytes };
        if (isCompressed(bytes)) yield* inflated(bytes);
      }
    },
  },
  {
    code: "body_stringified_twice",
    sentence:
      "The body is a JSON string that holds the JSON that was signed: it went through JSON.stringify() once too often.",
    mend: RAW,
    changes: asText(function* unwrapped(text) {
      let value = /^\s*"/.test(text) ? parse(text) : undefined;
      for (let i = 0; i < 3 && typeof value === "string"; i++) {
        yield value;
        value = parse(value);
      }
    }),
  },
  {
    code: "body_escaped",
    sentence: "The quotes of the body were escaped, by a template, a page or a framework.",
    mend: RAW,
    changes: asText((text) => [unescaped(text), text.replace(/\\(["'\\])/g, "$1")]),
  },
  {
    code: "body_escaped",
    sentence: "The body holds control characters as they are, which were escaped when it was signed.",
    mend: RAW,
    changes: asText((text) =>
      CONTROL.test(text) ? [controls(text, (hex) => hex), controls(text, (hex) => hex.toUpperCase())] : [],
    ),
  },
  {
    code: "body_bytes_written_out",
    sentence: "The body is a list of its bytes as text: a buffer was turned into a string or into JSON.",
    mend: RAW,
    changes: asText(writtenBytes),
  },
  {
    code: "body_envelope",
    sentence: "The body is an envelope, an event of a gateway or a queue, and what was signed is inside it.",
    mend: "Hand over the field that holds the body, decoded where the event says that it is base64, not the event.",
    changes: asText(function* inside(text) {
      const value = /^\s*[{[]/.test(text) ? parse(text) : undefined;
      for (const inner of textsIn(value)) {
        yield inner;
        yield fromAnyBase64(inner);
      }
      for (const inner of objectsIn(value)) yield JSON.stringify(inner);
      // An event stream's lines.
      const lines = /^(?:(?:id|event|retry|data):.*\n)+\s*$/.test(text) ? [...text.matchAll(/^data: ?(.*)$/gm)] : [];
      if (lines.length > 0) yield lines.map(([, line]) => line).join("\n");
      const head = text.indexOf("\r\n\r\n"); // A dump of the whole request.
      if (head !== -1) yield text.slice(head + 4);
    }),
  },
  {
    code: "body_chunked",
    sentence: "The body still has the frames of the chunked transfer around its pieces.",
    mend: "Let an HTTP server or a gateway put the pieces together; what is read from a socket has to be decoded first.",
    changes: asText((text, { body }) => (/^[0-9a-fA-F]{1,8}(?:;[^\r\n]*)?\r\n/.test(text) ? [unchunked(body)] : [])),
  },
  {
    code: "body_as_form",
    sentence: "The body is JSON that a form's parser took for the name of a field, or that was escaped as a form is.",
    mend: "Send it with the content type application/json, and verify the bytes as they came.",
    changes: asText(function* unformed(text) {
      const value = /^\s*\{/.test(text) ? parse(text) : undefined;
      const [[name, rest] = []] = typeof value === "object" && value !== null ? Object.entries(value) : [];
      if (name !== undefined && /^\s*[[{]/.test(name)) {
        const end = rest === "" ? "" : `=${rest}`;
        for (const one of [name + end, name.replaceAll(" ", "+") + end]) yield* [one, `${one}=`];
      }
      const bare = trimmedEnd(text, "=");
      if (/^%(?:7B|5B)/i.test(text)) yield* [decodeURIComponent(bare), decodeURIComponent(bare.replaceAll("+", " "))];
      if (/^\s*[[{].*=$/s.test(text)) yield bare;
    }),
  },
];
