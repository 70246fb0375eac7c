import { decodeText } from "../body/text.ts";
import { getHeader } from "../head/headers.ts";
import type { Provider } from "../scheme/provider.ts";
import { LARGEST, mediaType, RAW, tokensOf } from "./as-text.ts";
import type { Attempt } from "./attempt.ts";
import type { Finding } from "./finding.ts";
import { isRounded, orderOf, writerOf } from "./json-text.ts";

/** A body and what its headers say of it. */
export interface Looks {
  readonly body: Uint8Array;
  /** Nothing where it is no UTF-8. */
  readonly text: string | undefined;
  /** As Content-Length has it; NaN where that is not said, or said of compressed bytes. */
  readonly declared: number;
  /** Lower-case; empty where it is none. */
  readonly encoding: string;
  readonly isForm: boolean;
  /** Its JSON, as tokens. */
  readonly parts: readonly string[] | undefined;
  /** In which order its keys are, where the sender does not write them so himself. */
  readonly order: string | undefined;
}

export function looksOf({ headers, body }: Pick<Attempt, "headers" | "body">, { sortedKeys }: Provider): Looks {
  const get = (name: string) => {
    const value = getHeader(headers, name, undefined);
    return typeof value === "string" ? value.trim().toLowerCase() : "";
  };
  const encoding = get("content-encoding").replace(/^identity$/, "");
  const length = get("content-length");
  const text = decodeText(body);
  const parts = tokensOf(body);
  return {
    body,
    text,
    encoding,
    declared: encoding === "" && /^\d+$/.test(length) ? Number(length) : Number.NaN,
    isForm: mediaType({ headers }) === "application/x-www-form-urlencoded",
    parts,
    order: parts === undefined || sortedKeys === true ? undefined : orderOf(parts),
  };
}

interface Clue extends Finding {
  readonly seen: (looks: Looks) => boolean;
  readonly tell?: (looks: Looks) => string;
}

/** What JavaScript, Python, Ruby, Java and PHP write for an object that nobody made JSON of. */
const WRITTEN = /\[object \w+\]|^<Buffer [0-9a-f]{2}|^[[{]\s*'|^\{\s*\w+: |^\{"\w+"\s*=>|^\{\w+=|^map\[|^Array\b/;
const NO_BYTES = new Set(["undefined", "null", "nan", "true", "false"]);
const ENVELOPE = /"(?:requestContext|isBase64Encoded|multiValueHeaders|rawBody|bodyBytes|Records|detail-type)"\s*:/;

const differs = ({ declared, body }: Looks) => declared >= 0 && declared !== body.length;
const lengths = ({ declared, body }: Looks) =>
  declared >= 0 && declared !== body.length ? `It has ${body.length} bytes, and Content-Length says ${declared}.` : "";

/** JSON that begins and does not end: brackets, or a string, that nothing closes. */
function isUnfinished({ text, parts }: Looks): boolean {
  if (text === undefined || parts !== undefined || !/^\s*[[{]\s*["[{]/.test(text)) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted && code === 92) at++;
    else if (code === 34) quoted = !quoted;
    else if (!quoted && (code === 123 || code === 91)) depth++;
    else if (!quoted && (code === 125 || code === 93)) depth--;
    if (depth === 0 && !quoted) return false;
  }
  return true;
}

/** JSON to its last bracket, in bytes that are no UTF-8. */
function isWholeOtherwise({ body, text }: Looks): boolean {
  if (text !== undefined || body.length > LARGEST) return false;
  try {
    JSON.parse(new TextDecoder("latin1").decode(body).replace(/\p{Cc}/gu, " "));
    return true;
  } catch {
    return false;
  }
}

/** All ASCII, and shorter by what its question marks could have been: one to three bytes each. */
function isQuestioned({ declared, body, text }: Looks): boolean {
  const lost = declared - body.length;
  if (!(lost > 0) || text === undefined || /\P{ASCII}|\\u/u.test(text)) return false;
  const marks = text.split("?").length - 1;
  return marks > 0 && lost <= marks * 3 && text.search(/[A-Za-z]\?[A-Za-z]|\?{2}/) !== -1;
}

/** What a body is more likely than not, judged by its look and its headers alone; the surest first. */
const CLUES: readonly Clue[] = [
  {
    code: "body_empty",
    sentence: "The body is empty. Most senders never send an empty one: something read it before.",
    mend: "Verify before any parser, or hand over the bytes that it kept.",
    seen: ({ body }) => body.length === 0,
  },
  {
    code: "body_is_object",
    sentence: "The body is what a program writes for an object or for nothing, not the bytes that came.",
    mend: "Hand over the bytes as they came, not request.body of a parser.",
    seen: ({ text }) =>
      text !== undefined && (WRITTEN.test(text.slice(0, 200)) || NO_BYTES.has(text.trim().toLowerCase())),
  },
  {
    code: "body_empty",
    sentence: "The body is {}, and more was sent: a parser that did not know its content type left an empty object.",
    mend: "Verify before any parser, or hand over the bytes that it kept.",
    seen: ({ text, declared }) => text === "{}" && declared > 2,
  },
  {
    code: "body_compressed",
    sentence: "The body is still compressed, and what was signed may be the inflated one.",
    mend: 'Set encoding on the provider or the verifier ("compressed" or "inflated", as the sender signs); brotli and zstd have to be inflated in front of it.',
    seen: ({ body, text, encoding }) =>
      (body[0] === 0x1f && body[1] === 0x8b) ||
      (body[0] === 0x28 && body[1] === 0xb5 && body[2] === 0x2f && body[3] === 0xfd) || // zstd
      (encoding !== "" && (text === undefined || /\p{Cc}/u.test(text.replace(/[\t\r\n]/g, "")))),
  },
  {
    code: "body_inflated",
    sentence:
      "The request has a Content-Encoding, but its body is not compressed: something inflated it, and what was signed may be the compressed bytes.",
    mend: "Verify before the middleware or platform that inflates, with the encoding option that the provider needs.",
    seen: ({ encoding }) => encoding !== "",
  },
  {
    code: "body_charset",
    sentence:
      "The body is no UTF-8 and shorter than it was sent, but complete: it was written in another character set.",
    mend: "Keep it as bytes from the socket to the verifier; where text is needed, as UTF-8.",
    seen: (looks) => differs(looks) && looks.declared > looks.body.length && isWholeOtherwise(looks),
    tell: lengths,
  },
  {
    code: "body_truncated",
    sentence: "The body ends before it is complete.",
    mend: "Read all of it: until the stream ends, not its first piece; and look for the limit of a parser, a gateway or a log.",
    seen: (looks) =>
      looks.declared > looks.body.length ? looks.parts === undefined && !looks.isForm : isUnfinished(looks),
    tell: lengths,
  },
  {
    code: "body_replacement_characters",
    sentence:
      "The body holds U+FFFD: bytes that were no UTF-8, or halves of a character, were decoded to text and are lost.",
    mend: 'Keep the body as bytes from the socket to the verifier: no `text += chunk`, no errors="replace".',
    seen: (looks) => looks.declared !== looks.body.length && looks.text?.includes("\ufffd") === true,
  },
  {
    code: "body_charset",
    sentence: "Question marks stand where other characters were: the body was written as ASCII.",
    mend: "Keep it as bytes from the socket to the verifier; where text is needed, as UTF-8.",
    seen: isQuestioned,
    tell: lengths,
  },
  {
    code: "body_envelope",
    sentence: "The body looks like the event of a gateway or a queue, not like a webhook.",
    mend: "Hand over the field that holds the body, decoded where the event says that it is base64, not the event.",
    seen: ({ text, parts }) => parts !== undefined && ENVELOPE.test(text ?? ""),
  },
  {
    code: "form_as_json",
    sentence: "The request says that it is a form, and its body is JSON: something made it from the form.",
    mend: `${RAW} What is signed is the form.`,
    seen: ({ isForm, parts }) => isForm && parts !== undefined,
  },
  {
    code: "body_looks_reserialised",
    sentence: "The body looks as if it was parsed and written again.",
    mend: RAW,
    seen: (looks) =>
      looks.parts !== undefined && (differs(looks) || isRounded(looks.parts) || looks.order !== undefined),
    tell: (looks) => `${[written(looks), lengths(looks)].filter((one) => one !== "").join(" ")}`,
  },
  {
    code: "form_reencoded",
    sentence: "The form looks as if it was parsed and written again.",
    mend: RAW,
    seen: (looks) => differs(looks) && looks.isForm,
    tell: lengths,
  },
  {
    code: "body_changed",
    sentence: "Something changed the body on its way.",
    mend: RAW,
    seen: differs,
    tell: lengths,
  },
];

function written({ text = "", parts = [], order }: Looks): string {
  const by = writerOf(text, parts) ?? "a program";
  const sorted = order === undefined ? "" : `, ${order}`;
  const rounded = isRounded(parts) ? " Its large integers are rounded as a parser rounds them." : "";
  return `It is as ${by} would write it${sorted}.${rounded}`;
}

/** What the body looks like. None of it is proven. */
export function seeBody(looks: Looks): readonly Finding[] {
  const clue = CLUES.find(({ seen }) => seen(looks));
  if (clue === undefined) return [];
  const { code, sentence, mend, tell } = clue;
  return [{ code, sentence: `${sentence} ${tell?.(looks) ?? ""}`.trim(), mend }];
}
