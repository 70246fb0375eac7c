import { rewritten } from "./as-secret.ts";
import type { Hypothesis } from "./attempt.ts";
import { trimmed } from "./trim.ts";

const QUOTED = /^\s*(["'`“”‘’«»])(.*)(["'`“”‘’«»])[,;]?\s*$/s;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u3000]|\ufe0f/gu;
const LINE = /^\s*(?:export\s+|set\s+|-e\s+)?["']?[A-Za-z_][\w.-]*["']?\s*(?:=|:\s)\s*(.+?)\s*$/s;
const LABEL = /^\s*[A-Za-z][\w -]{2,40}:\s*(\S+)\s*$/;

const unquoted = (text: string) => QUOTED.exec(text)?.[2]?.replaceAll('\\"', '"');

/** The texts in JSON that holds the secret: a secret store's answer, a quoted string. */
function inJson(text: string, nth: number): string | undefined {
  const value: unknown = /^\s*[[{]/.test(text) ? JSON.parse(text) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const inner = Object.values(value).flatMap((one) =>
    typeof one === "object" && one !== null ? Object.values(one) : [one],
  );
  return inner.filter((one) => typeof one === "string")[nth];
}

/** Secrets that are right, with something around them or inside them. */
export const WRAPPED_SECRETS: readonly Hypothesis[] = [
  {
    code: "secret_whitespace",
    sentence: "The secret has whitespace around it (a line break, most likely), which is not part of it.",
    mend: "Trim it where it is read: files and `echo` end with a line break; use `printf %s` and .trim().",
    changes: rewritten(trimmed, (text) => trimmed(text.replace(/(?:\\r|\\n)+$/, ""))),
  },
  {
    code: "secret_quotes",
    sentence: "The secret is in quotes, which are not part of it.",
    mend: "Remove them: an env file that is not read by a shell keeps them.",
    changes: rewritten(
      unquoted,
      (text) => unquoted(text)?.trim(),
      (text) => text.replace(/^["']|["'][,;]?$/g, ""),
      (text) => text.replace(/[,;.:]+$/, ""),
      (text) => /^\s*[<([{](.+)[>)\]}]\s*$/s.exec(text)?.[1],
      (text) => unquoted(unquoted(text) ?? ""),
    ),
  },
  {
    code: "secret_line_break_inside",
    sentence: "The secret has line breaks or blanks inside it: a terminal or an editor wrapped it.",
    mend: "Write it on one line.",
    changes: rewritten((text) => text.replace(/(?:[ \t\r\n]|\\r|\\n)+/g, "")),
  },
  {
    code: "secret_invisible",
    sentence: "The secret holds a character that cannot be seen, such as a zero-width blank.",
    mend: "Copy it again as plain text, with the button of the provider's page where there is one.",
    changes: rewritten((text) => text.replace(INVISIBLE, "").trim()),
  },
  {
    code: "secret_env_line",
    sentence: "The secret is a whole line of a configuration, with the variable's name in front of the value.",
    mend: "Give what stands behind the equals sign.",
    changes: rewritten(
      (text) => LINE.exec(text)?.[1],
      (text) => unquoted(LINE.exec(text)?.[1] ?? ""),
      (text) => LABEL.exec(text)?.[1],
      (text) => text.replace(/^(?:Bearer|Token|Basic)\s+/i, ""),
      (text) => /^[^#]+(?=#)/.exec(text)?.[0].trim(),
    ),
  },
  {
    code: "secret_json",
    sentence: "The secret is JSON, and what the sender uses is a text inside it: a secret store answers so.",
    mend: "Parse it, and give the field.",
    changes: rewritten(...Array.from({ length: 12 }, (_, nth) => (text: string) => inJson(text, nth))),
  },
  {
    code: "secret_list",
    sentence: "The secret is a list of several in one text.",
    mend: "Split it, and give the secrets as a list: any of them may verify.",
    changes: rewritten(
      ...[/[,;|\r\n]+/, /[,;|\s]+/].flatMap((between) =>
        Array.from({ length: 4 }, (_, nth) => (text: string) => trimmed(text.split(between)[nth] ?? "")),
      ),
    ),
  },
  {
    code: "secret_doubled",
    sentence: "The secret stands there twice, one behind the other.",
    mend: "Write it once.",
    changes: rewritten((text) => /^(.{4,})\s*\1$/s.exec(text)?.[1]),
  },
  {
    code: "secret_line_break_missing",
    sentence: "The sender's secret ends with a line break, yours does not.",
    mend: "Enter the secret again on the sender's side, without the line break.",
    changes: rewritten(
      (text) => `${text}\n`,
      (text) => `${text}\r\n`,
    ),
  },
];
