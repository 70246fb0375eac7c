import { asText, RAW, tokensOf } from "./as-text.ts";
import type { Change, Hypothesis } from "./attempt.ts";
import { LAYOUTS, spellings } from "./json-text.ts";
import { trimmed, trimmedEnd } from "./trim.ts";

const INDENTED = LAYOUTS.filter(({ indent }) => indent !== undefined);

/** Bodies of which a shell, an editor or a reader changed some characters. */
export const TEXTS: readonly Hypothesis[] = [
  {
    code: "body_line_break_added",
    sentence: "The body has a line break or blanks around it that were not signed.",
    mend: "Do not let a shell, an editor or a template add one: curl --data-binary @file, not --data.",
    changes: asText((text) => [text.replace(/\r?\n$/, ""), trimmedEnd(text), trimmed(text)]),
  },
  {
    code: "body_line_break_lost",
    sentence: "The body that was signed ends with a line break, which is missing here.",
    mend: RAW,
    changes: asText((text) => [`${text}\n`, `${text}\r\n`]),
  },
  {
    code: "body_doubled",
    sentence: "The body stands there twice, one behind the other: two listeners added the same pieces.",
    mend: "Read the stream once: until its end, in one place.",
    *changes({ body }): Generator<Change> {
      const half = body.length >> 1;
      const isTwice =
        body.length > 1 && body.length % 2 === 0 && body.every((byte, i) => i < half || byte === body[i - half]);
      if (isTwice) yield { body: body.subarray(0, half) };
    },
  },
  {
    code: "body_zeros_added",
    sentence: "The body ends with zero bytes that were not signed: a buffer was longer than what was read into it.",
    mend: "Hand over as many bytes as were read.",
    changes: asText((text) => [trimmedEnd(text, "\u0000")]),
  },
  {
    code: "body_line_endings",
    sentence: "The line endings of the body were changed, between CRLF and LF.",
    mend: "Something on the way treats the body as text: a proxy, or a fixture that git converts (mark it binary in .gitattributes).",
    changes: asText((text) => {
      if (!/[\r\n]/.test(text)) return [];
      const unix = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
      const dos = unix.replaceAll("\n", "\r\n");
      return [unix, dos, trimmedEnd(dos), trimmedEnd(unix), `${dos}\r\n`, `${unix}\n`];
    }),
  },
  {
    code: "body_byte_order_mark",
    sentence: "A byte order mark at the start of the body was dropped or added.",
    mend: "Do not decode the body before it is verified: TextDecoder and many readers drop the mark.",
    changes: asText((text) => [text.replace(/^\ufeff/, ""), `\ufeff${text}`]),
  },
  {
    code: "body_line_breaks_removed",
    sentence: "The body that was signed has line breaks in it, which were taken out: curl -d @file does that.",
    mend: "Send the file as it is: curl --data-binary @file.",
    changes: asText(function* joined(text, { body }) {
      // What was indented still has the blanks that stood at the start of its lines.
      const parts = /^[^\r\n]*$/.test(text) && /[[{,][ \t]/.test(text.slice(0, 1000)) ? tokensOf(body) : undefined;
      if (parts === undefined) return;
      for (const spelling of spellings(parts, INDENTED)) if (spelling.replace(/[\r\n]/g, "") === text) yield spelling;
    }),
  },
  {
    code: "body_normalised",
    sentence: "Characters with accents were composed or taken apart (Unicode NFC and NFD).",
    mend: RAW,
    changes: asText((text) => (/\P{ASCII}/u.test(text) ? [text.normalize("NFC"), text.normalize("NFD")] : [])),
  },
];
