import { platform } from "#crypto";
import { fromHex, toBase64, utf8 } from "../lib/bytes.ts";
import { LARGEST } from "./as-text.ts";
import type { Change, Hypothesis } from "./attempt.ts";

const ends = (lines: string, width: number, end: string) => lines.replace(new RegExp(`.{1,${width}}`, "g"), `$&${end}`);

/** What senders sign in place of the body, and how, where it is not what an HMAC of the body is. */
export const CONTENTS: readonly Hypothesis[] = [
  {
    code: "content_digest",
    sentence: "The sender signs a SHA-256 of the body, and this scheme signs the body.",
    mend: "A row of your own can sign no digest alone: ask the sender to sign the body.",
    async *changes({ body }): AsyncGenerator<Change> {
      const hash = await platform.digest("sha256", body, "hex");
      const bytes = fromHex(hash) as Uint8Array;
      for (const one of [utf8(hash), utf8(hash.toUpperCase()), utf8(toBase64(bytes)), bytes]) yield { body: one };
    },
  },
  {
    code: "content_encoded",
    sentence: "The sender signs the base64 of the body, and this scheme signs the body.",
    mend: "A row of your own can sign no encoded body: ask the sender to sign the bytes that it sends.",
    *changes({ body }): Generator<Change> {
      if (body.length > LARGEST) return;
      const text = toBase64(body);
      // On one line, and as Ruby, MIME and PEM break it.
      for (const one of [
        text,
        ends(text, 60, "\n"),
        ends(text, 76, "\r\n"),
        ends(text, 76, "\n"),
        ends(text, 64, "\n"),
      ])
        yield { body: utf8(one) };
    },
  },
  {
    code: "signature_no_hmac",
    sentence: "The signature is a SHA-256 of secret and body one behind the other, and no HMAC.",
    mend: "Let the sender make an HMAC: such a hash can be continued by who has seen one.",
    *changes({ scheme }): Generator<Change> {
      if (scheme.kind === "hmac") yield* [{ bare: "secret first" }, { bare: "secret last" }] as const;
    },
  },
];
