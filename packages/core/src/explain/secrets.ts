import { decodeText } from "../body/text.ts";
import { fromBase64, fromHex, toBase64, toHex, utf8 } from "../lib/bytes.ts";
import type { Secret } from "../secret/secrets.ts";
import type { Attempt, Change, Hypothesis } from "./attempt.ts";
import { trimmed, trimmedEnd } from "./trim.ts";

type Way = (text: string) => Secret | undefined;

/** Longer texts are no secrets that somebody mistyped. */
const LONGEST = 4096;

/** Secrets given as bytes are text too, where they are. */
function textOf(secret: Secret): string | undefined {
  if (secret.length > LONGEST) return undefined;
  return typeof secret === "string" ? secret : decodeText(secret);
}

/** The secrets written otherwise, one way at a time; those that a way does not touch are left out. */
function rewritten(...ways: readonly Way[]): Hypothesis["changes"] {
  return function* others({ secrets }: Attempt): Generator<Change> {
    for (const way of ways) {
      const changed = secrets.flatMap((secret) => {
        const text = textOf(secret);
        const other = text === undefined ? undefined : tried(way, text);
        return other === undefined || other === text || other.length === 0 ? [] : [other];
      });
      if (changed.length > 0) yield { secrets: changed };
    }
  };
}

function tried(way: Way, text: string): Secret | undefined {
  try {
    return way(text);
  } catch {
    return undefined;
  }
}

const PREFIX = /^(?:v1,)?(?:whsec|whpk|whsk)_/;
/** What vendors write before a secret. */
const PREFIXES = ["whsec_", "v1,whsec_", "shpss_", "lin_wh_", "pdl_ntfset_", "tskey-webhook-", "secret_", "whpk_"];
const QUOTED = /^\s*(["'`“”‘’«»])(.*)(["'`“”‘’«»])[,;]?\s*$/s;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u3000]|\ufe0f/gu;
const LINE = /^\s*(?:export\s+|set\s+|-e\s+)?["']?[A-Za-z_][\w.-]*["']?\s*(?:=|:\s)\s*(.+?)\s*$/s;
const LABEL = /^\s*[A-Za-z][\w -]{2,40}:\s*(\S+)\s*$/;

const unquoted = (text: string) => QUOTED.exec(text)?.[2]?.replaceAll('\\"', '"');
const bare = (text: string) => text.replace(PREFIX, "");
const standard = (text: string) => trimmedEnd(bare(text).trim(), "=").replaceAll("-", "+").replaceAll("_", "/");
const inBase64 = (text: string) => decodeText(fromBase64(standard(text)) ?? new Uint8Array(0));
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#x27": "'",
  "#43": "+",
};

/** The texts in JSON that holds the secret: a secret store's answer, a quoted string. */
function inJson(text: string, nth: number): string | undefined {
  const value: unknown = /^\s*[[{]/.test(text) ? JSON.parse(text) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const inner = Object.values(value).flatMap((one) =>
    typeof one === "object" && one !== null ? Object.values(one) : [one],
  );
  return inner.filter((one) => typeof one === "string")[nth];
}

/** The key in PEM or DER: its last 32 bytes. */
function inPem(text: string): Uint8Array | undefined {
  const der = fromBase64(text.replace(/-----[A-Z ]+-----|\s+|\\n/g, ""));
  return der !== undefined && der.length === 44 ? der.subarray(12) : undefined;
}

export const SECRETS: readonly Hypothesis[] = [
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
      (text) => /^[^#]*?(?=\s+#)/.exec(text)?.[0].trim(),
    ),
  },
  {
    code: "secret_json",
    sentence: "The secret is JSON, and what the sender uses is a text inside it: a secret store answers so.",
    mend: "Parse it, and give the field.",
    changes: rewritten(...Array.from({ length: 12 }, (_, nth) => (text: string) => inJson(text, nth))),
  },
  {
    code: "secret_url_encoded",
    sentence: "The secret is escaped as in a URL, or should be and is not.",
    mend: "Give it as the provider's page shows it.",
    changes: rewritten(decodeURIComponent, (text) => decodeURIComponent(text.replaceAll("+", " ")), encodeURIComponent),
  },
  {
    code: "secret_escaped",
    sentence: "The secret has escapes of a template, a shell or a page in it, which are not part of it.",
    mend: "Give it as the provider's page shows it: look for backslashes, doubled dollar signs and &amp;.",
    changes: rewritten(
      (text) => text.replace(/&([a-z]+|#x?\d+);/g, (whole, name: string) => ENTITIES[name] ?? whole),
      (text) => text.replace(/\\(.)/g, "$1"),
      (text) => text.replaceAll("$$", "$"),
      (text) => text.replaceAll("$", "$$$$"),
    ),
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
    code: "secret_charset",
    sentence: "The secret has characters beyond ASCII, which the sender writes in another character set or form.",
    mend: "Choose a secret of ASCII letters and digits.",
    changes: rewritten(
      (text) =>
        /[\u0080-\u00ff]/.test(text) && !/[\u0100-\uffff]/.test(text)
          ? Uint8Array.from(text, (one) => one.charCodeAt(0))
          : undefined,
      (text) => text.normalize("NFC"),
      (text) => text.normalize("NFD"),
    ),
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
  {
    code: "secret_used_raw",
    sentence:
      "The key is the secret's text as it is, and this scheme decodes it first: the sender signs so, or it was decoded before it came here.",
    mend: 'Give it as bytes, new TextEncoder().encode(secret), or use a provider whose secret is "utf8".',
    *changes(attempt): Generator<Change> {
      const { scheme } = attempt;
      if (scheme.kind !== "hmac" || scheme.secret === "utf8") return;
      yield* rewritten(utf8, (text) => utf8(bare(text)))(attempt) as Iterable<Change>;
    },
  },
  {
    code: "secret_as_bytes",
    sentence:
      "The secret is given as the bytes of its text, which are taken as they are, and this scheme's text has to be decoded.",
    mend: "Give the text itself, as the provider's page shows it.",
    *changes({ secrets, scheme }): Generator<Change> {
      if (scheme.kind === "hmac" && scheme.secret === "utf8") return;
      const texts = secrets.flatMap((secret) => (typeof secret === "string" ? [] : [trimmed(textOf(secret) ?? "")]));
      if (texts.some((text) => text !== "")) yield { secrets: texts };
    },
  },
  {
    code: "secret_prefix_doubled",
    sentence: "The secret's prefix stands there twice.",
    mend: "Take one of them out: a template or a script adds it to a value that has it already.",
    changes: rewritten((text) => text.replace(/^((?:v1,)?[A-Za-z]+[_-])(?:\1)+/, "$1")),
  },
  {
    code: "secret_prefix",
    sentence: "The sender uses the secret without its prefix.",
    mend: "Leave the prefix (whsec_) out of what you give here.",
    changes: rewritten(
      bare,
      (text) => text.replace(/^[A-Za-z]+_/, ""),
      (text) => text.replace(/^0x/i, ""),
    ),
  },
  {
    code: "secret_prefix_missing",
    sentence: "The secret lacks the prefix that is part of it.",
    mend: "Give it whole, as the provider's page shows it, what stands in front of the underscore included.",
    changes: rewritten(...PREFIXES.map((prefix) => (text: string) => prefix + text)),
  },
  {
    code: "secret_base64",
    sentence:
      "The key is what the secret's base64 decodes to, and this scheme uses its text: the sender decodes it, or a store encoded it.",
    mend: 'Decode it where a store (a Kubernetes manifest) encoded it; else use a provider whose secret is "base64" or "whsec", or give the decoded bytes.',
    changes: rewritten(
      (text) => fromBase64(bare(text).trim()),
      (text) => fromBase64(standard(text)),
      (text) => inBase64(text)?.trim(),
      (text) => inBase64(inBase64(text) ?? "")?.trim(),
    ),
  },
  {
    code: "secret_hex",
    sentence: "The sender decodes the secret as hex first, and this scheme does not.",
    mend: 'Use a provider whose secret is "hex", or give the decoded bytes.',
    changes: rewritten((text) => fromHex(bare(text).trim().replace(/^0x/i, ""))),
  },
  {
    code: "secret_encoded",
    sentence: "The sender's secret is this one's base64 or hex: it was decoded before it came here.",
    mend: "Give it as the provider's page shows it.",
    *changes({ secrets }): Generator<Change> {
      const short = secrets.filter(({ length }) => length <= LONGEST);
      const bytes = short.map((secret) => (typeof secret === "string" ? utf8(secret) : secret));
      yield { secrets: bytes.map(toBase64) };
      yield { secrets: bytes.map(toHex) };
      yield { secrets: bytes.map((one) => utf8(toBase64(one))) };
    },
  },
  {
    code: "secret_case",
    sentence: "The secret differs from the sender's by upper and lower case.",
    mend: "Copy it again: something on the way changed its letters.",
    changes: rewritten(
      (text) => text.toLowerCase(),
      (text) => text.toUpperCase(),
    ),
  },
  {
    code: "secret_pem",
    sentence: "The public key is in PEM or DER, and this scheme takes its 32 bytes.",
    mend: "Give the key as the provider's page shows it, or its last 32 bytes.",
    changes: rewritten(inPem),
  },
];
