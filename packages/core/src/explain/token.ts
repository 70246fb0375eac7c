import { platform } from "#crypto";
import { getHeader, type HeadersLike } from "../head/headers.ts";
import { fromBase64, toHex, utf8 } from "../lib/bytes.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import type { Secret } from "../scheme/secret.ts";
import type { Finding } from "./finding.ts";
import { valuesOf } from "./header-values.ts";

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
    code: "secret_base64",
    sentence: "The secret here is the base64 of the credential that was sent.",
    mend: "Decode it: a Kubernetes manifest, for one, holds base64.",
    presented: same,
    secret: decoded,
  },
  {
    code: "credential_escaped",
    sentence: "One of the two is escaped as in a URL.",
    mend: "Send it, and give it, as it is.",
    presented: decodeURIComponent,
    secret: decodeURIComponent,
  },
  {
    code: "secret_env_line",
    sentence: "The secret here is a whole line of a configuration, with the variable's name in front of the value.",
    mend: "Give what stands behind the equals sign.",
    presented: same,
    secret: (text) => unquoted(text.replace(/^(?:export\s+)?[A-Za-z_]\w*\s*=\s*/, "")),
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
  sights: readonly Finding[],
): readonly Finding[] {
  const written = getHeader(headers, scheme.header, undefined);
  if (typeof written !== "string") return valuesOf(headers, scheme.header).length > 1 ? [TWICE(scheme.header)] : sights;
  const start = written.slice(0, scheme.prefix.length).toLowerCase() === scheme.prefix.toLowerCase();
  const behind = start ? written.slice(scheme.prefix.length) : written;
  // Of Basic's two parts the secret is the second.
  const presented = scheme.username === undefined ? behind : decoded(behind).replace(/^[^:]*:/, "");
  const texts = secrets.filter((secret) => typeof secret === "string");
  const found = ROWS.filter((row) =>
    texts.some((secret) => equal(tried(row.presented, presented), tried(row.secret, secret))),
  );
  if (found.length > 0) return found.map(({ code, sentence, mend }) => ({ code, sentence, mend }));
  return sights.length > 0 ? sights : [UNKNOWN];
}

const TWICE = (name: string): Finding => ({
  code: "header_twice",
  sentence: `The header ${name} is there twice, and two values are no credential.`,
  mend: "Look for a proxy that adds the header to the one that is there, or a client that sets it twice.",
});

const UNKNOWN: Finding = {
  code: "no_explanation",
  sentence: "The credential that was sent is another one, not the secret in another spelling.",
  mend: "Check next that both are of exactly this endpoint and environment, and which of the two was changed last. A forged request looks the same.",
};

function tried(change: (text: string) => string, text: string): string {
  try {
    return change(text);
  } catch {
    return "";
  }
}

function equal(a: string, b: string): boolean {
  return a !== "" && platform.equal(toHex(utf8(a)), toHex(utf8(b)));
}
