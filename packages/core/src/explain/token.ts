import { platform } from "#crypto";
import { getHeader, type HeadersLike } from "../head/headers.ts";
import { fromBase64, toHex, utf8 } from "../lib/bytes.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import type { Secret } from "../secret/secrets.ts";
import type { Finding } from "./finding.ts";

const unquoted = (text: string) =>
  text
    .trim()
    .replace(/^(["'`])(.*)\1$/, "$2")
    .trim();
const lower = (text: string) => text.toLowerCase();
const same = (text: string) => text;
const decoded = (text: string) => new TextDecoder().decode(fromBase64(text) ?? new Uint8Array(0));

const ROWS: readonly (Finding & {
  readonly presented: (text: string) => string;
  readonly secret: (text: string) => string;
})[] = [
  {
    code: "secret_whitespace",
    sentence: "The secret here has whitespace or quotes around it.",
    mend: "Trim it where it is read.",
    presented: same,
    secret: unquoted,
  },
  {
    code: "credential_whitespace",
    sentence: "The credential that was sent has whitespace or quotes around it.",
    mend: "Correct it on the sender's side.",
    presented: unquoted,
    secret: same,
  },
  {
    code: "credential_prefix",
    sentence:
      "The credential that was sent has an authentication word before it that is not expected there, or has it twice.",
    mend: "Leave the word (Bearer, Token, Basic) out on the sender's side, or set the provider's prefix.",
    presented: (text) => text.replace(/^(?:(?:bearer|token|basic|splunk)[\s:=]+)+/i, ""),
    secret: (text) => text.replace(/^(?:(?:bearer|token|basic|splunk)[\s:=]+)+/i, ""),
  },
  {
    code: "credential_base64",
    sentence: "The credential that was sent is the base64 of the secret.",
    mend: "Send it as it is, or give its base64 here.",
    presented: (text) => decoded(text).replace(/^[^:]*:/, ""),
    secret: same,
  },
  {
    code: "credential_case",
    sentence: "The credential that was sent differs from the secret by upper and lower case only.",
    mend: "Copy it again.",
    presented: lower,
    secret: lower,
  },
];

/** Why a static credential is not the one that is expected. */
export function explainToken(
  scheme: TokenScheme,
  headers: HeadersLike,
  secrets: readonly Secret[],
): readonly Finding[] {
  const written = getHeader(headers, scheme.header, undefined);
  if (typeof written !== "string") return [];
  const start = written.slice(0, scheme.prefix.length).toLowerCase() === scheme.prefix.toLowerCase();
  const behind = start ? written.slice(scheme.prefix.length) : written;
  // Of Basic's two parts the secret is the second.
  const presented = scheme.username === undefined ? behind : decoded(behind).replace(/^[^:]*:/, "");
  const texts = secrets.filter((secret) => typeof secret === "string");
  return ROWS.filter((row) => texts.some((secret) => equal(row.presented(presented), row.secret(secret)))).map(
    ({ code, sentence, mend }) => ({ code, sentence, mend }),
  );
}

function equal(a: string, b: string): boolean {
  return a !== "" && platform.equal(toHex(utf8(a)), toHex(utf8(b)));
}
