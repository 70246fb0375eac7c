import { decodeText } from "../body/text.ts";
import { utf8 } from "../lib/bytes.ts";
import { LARGEST } from "./as-text.ts";
import type { Change, Hypothesis } from "./attempt.ts";
import { formsOf, type Pair } from "./form-text.ts";

/** The fields of a body with boundaries, in their order; nothing where it is none. */
function fieldsOf(text: string): readonly Pair[] {
  const [boundary = ""] = /^--[^\r\n]{1,70}(?=\r?\n)/.exec(text) ?? [];
  if (boundary === "") return [];
  return text.split(boundary).flatMap((part): Pair[] => {
    const [, head = "", value] = /^\r?\n(.*?)\r?\n\r?\n(.*?)\r?\n$/s.exec(part) ?? [];
    const name = /name="([^"]*)"/i.exec(head)?.[1];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

/** Bodies that somebody sent on as `multipart/form-data`. */
export const MULTIPART: readonly Hypothesis[] = [
  {
    code: "body_multipart",
    sentence: "The body is multipart/form-data, made of the form or of the text that was signed.",
    mend: "Send the bytes on as they came, with their own content type: no FormData, no upload of a file.",
    *changes({ body }): Generator<Change> {
      const text = body.length > LARGEST ? undefined : decodeText(body);
      const fields = text === undefined ? [] : fieldsOf(text);
      for (const [, value = ""] of fields) if (value !== "") yield { body: utf8(value) };
      if (fields.length > 0) for (const form of formsOf(fields)) yield { body: utf8(form) };
    },
  },
];
