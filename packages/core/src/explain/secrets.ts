import { fromBase64, fromHex, utf8 } from "../lib/bytes.ts";
import type { Secret } from "../secret/secrets.ts";
import type { Attempt, Hypothesis } from "./attempt.ts";

/** The attempt with each secret rewritten; secrets that the rewriting does not touch are left out. */
function rewritten(attempt: Attempt, ...ways: readonly ((text: string) => Secret | undefined)[]): readonly Attempt[] {
  const secrets = attempt.secrets.flatMap((secret) => {
    if (typeof secret !== "string") return [];
    const others = ways.map((way) => way(secret)).filter((other) => other !== undefined && other !== secret);
    return others.filter((other) => other?.length !== 0) as Secret[];
  });
  return secrets.length === 0 ? [] : [{ ...attempt, secrets }];
}

const unquoted = (text: string) => /^\s*(["'`])(.*)\1\s*$/s.exec(text)?.[2];
const bare = (text: string) => text.replace(/^(?:whsec|whpk|whsk)_/, "");
const format = ({ scheme }: Attempt) => (scheme.kind === "hmac" ? scheme.secret : scheme.publicKey);

export const SECRETS: readonly Hypothesis[] = [
  {
    code: "secret_whitespace",
    sentence: "The secret has whitespace around it (a line break, most likely), which is not part of it.",
    mend: "Trim it where it is read: files and `echo` end with a line break; use `printf %s` and .trim().",
    variants: (attempt) =>
      rewritten(
        attempt,
        (text) => text.trim(),
        (text) => text.replace(/(?:\\r|\\n)+$/, "").trim(),
      ),
  },
  {
    code: "secret_quotes",
    sentence: "The secret is in quotes, which are not part of it.",
    mend: "Remove them: an env file that is not read by a shell keeps them.",
    variants: (attempt) => rewritten(attempt, unquoted, (text) => unquoted(text)?.trim()),
  },
  {
    code: "secret_line_break_missing",
    sentence: "The sender's secret ends with a line break, yours does not.",
    mend: "Enter the secret again on the sender's side, without the line break.",
    variants: (attempt) =>
      rewritten(
        attempt,
        (text) => `${text}\n`,
        (text) => `${text}\r\n`,
      ),
  },
  {
    code: "secret_used_raw",
    sentence: "The sender uses the secret's text as it is, and this scheme decodes it first.",
    mend: 'Give it as bytes, new TextEncoder().encode(secret), or use a provider whose secret is "utf8".',
    variants: (attempt) => (format(attempt) === "utf8" ? [] : rewritten(attempt, utf8, (text) => utf8(bare(text)))),
  },
  {
    code: "secret_prefix",
    sentence: "The sender uses the secret without its prefix.",
    mend: "Leave the prefix (whsec_) out of what you give here.",
    variants: (attempt) => rewritten(attempt, bare),
  },
  {
    code: "secret_base64",
    sentence: "The sender decodes the secret as base64 first, and this scheme uses its text.",
    mend: 'Use a provider whose secret is "base64" or "whsec", or give the decoded bytes.',
    variants: (attempt) => rewritten(attempt, (text) => fromBase64(bare(text).trim())),
  },
  {
    code: "secret_hex",
    sentence: "The sender decodes the secret as hex first, and this scheme does not.",
    mend: 'Use a provider whose secret is "hex", or give the decoded bytes.',
    variants: (attempt) => rewritten(attempt, (text) => fromHex(bare(text).trim())),
  },
];
