import { decodeText } from "../body/text.ts";
import { fromBase64, fromHex, toBase64, toHex, utf8 } from "../lib/bytes.ts";
import { LONGEST, rewritten, textOf } from "./as-secret.ts";
import type { Change, Hypothesis } from "./attempt.ts";
import { DERIVED_SECRETS } from "./secrets-derived.ts";
import { WRAPPED_SECRETS } from "./secrets-wrapped.ts";
import { trimmed, trimmedEnd } from "./trim.ts";

const PREFIX = /^(?:v1,)?(?:whsec|whpk|whsk)_/;
/** What vendors write before a secret. */
const PREFIXES = ["whsec_", "v1,whsec_", "shpss_", "lin_wh_", "pdl_ntfset_", "tskey-webhook-", "secret_", "whpk_"];

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

const asPage = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Secrets in another form than the sender's, after those that only have something around them. */
export const SECRETS: readonly Hypothesis[] = [
  ...WRAPPED_SECRETS,
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
      (text) => JSON.parse(`"${text}"`),
      (text) => text.replace(/\\(.)/g, "$1"),
      (text) => text.replaceAll("$$", "$"),
      (text) => text.replaceAll("$", "$$$$"),
      asPage, // A sender that keeps it as the source of a page.
      (text) => asPage(text).replaceAll('"', "&quot;").replaceAll("'", "&#039;"),
    ),
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
  ...DERIVED_SECRETS,
];
