import { getHeader, type HeadersLike } from "../head/headers.ts";
import type { Digest, Encoding, MacScheme } from "../scheme/scheme.ts";
import { writeTimestamp } from "../scheme/time.ts";
import type { Attempt, Hypothesis } from "./attempt.ts";

const DIGESTS: readonly Digest[] = ["sha1", "sha256", "sha512"];
const ENCODINGS: readonly Encoding[] = ["hex", "base64"];

function withScheme(changes: (scheme: MacScheme) => readonly Partial<MacScheme>[]): Hypothesis["variants"] {
  return (attempt) => {
    const { scheme } = attempt;
    if (scheme.kind !== "hmac") return [];
    return changes(scheme).map((change) => ({ ...attempt, scheme: { ...scheme, ...change } }));
  };
}

/** The signed time as the header writes it. */
function timeText({ scheme, headers }: Attempt, milliseconds: number): string {
  const name = scheme.timestamp?.header?.toLowerCase();
  const written = name === undefined ? undefined : getHeader(headers, name, undefined);
  return typeof written === "string" ? written : writeTimestamp(milliseconds, scheme.timestamp?.unit ?? "s");
}

export const SCHEMES: readonly Hypothesis[] = [
  {
    code: "digest",
    sentence: "The signature was made with another hash function than this provider's scheme says.",
    mend: "Choose the digest of the scheme (sha1, sha256, sha512) as the sender's page has it.",
    variants: withScheme((scheme) =>
      DIGESTS.filter((name) => name !== scheme.digest).map((name) => ({ digest: name })),
    ),
  },
  {
    code: "encoding",
    sentence: "The signature is written in the other encoding: base64 where the scheme says hex, or the reverse.",
    mend: "Choose the encoding of the scheme as the sender's page has it.",
    variants: withScheme((scheme) =>
      ENCODINGS.filter((encoding) => encoding !== scheme.encoding).flatMap((encoding) =>
        DIGESTS.map((digest) => ({ encoding, digest })),
      ),
    ),
  },
  {
    code: "layout",
    sentence: "The signature is in its header without the prefix that the scheme expects, or with another one.",
    mend: "Correct the layout of the scheme, or what the sender writes around the signature.",
    variants: withScheme((scheme) => {
      if (scheme.signature.layout?.includes("{timestamp}") === true) return [];
      const { header } = scheme.signature;
      return [
        "{signature}",
        "sha256={signature}",
        "sha1={signature}",
        "v1={signature}",
        "v0={signature}",
        "v1,{signature}",
      ].flatMap((layout) =>
        [{}, { digest: "sha1" as const }].map((digest) => ({ signature: { header, layout }, ...digest })),
      );
    }),
  },
  {
    code: "signature_whitespace",
    sentence: "The signature has whitespace or quotes around it in its header.",
    mend: "Send the header's value alone; a template or a shell adds the rest.",
    variants(attempt) {
      const { header } = attempt.scheme.signature;
      const name = (typeof header === "string" ? header : (header[0] ?? "")).toLowerCase();
      const written = getHeader(attempt.headers, name, undefined);
      if (typeof written !== "string") return [];
      const bare = written
        .trim()
        .replace(/^(["'])(.*)\1$/, "$2")
        .trim();
      return bare === written ? [] : [{ ...attempt, headers: replaced(attempt.headers, name, bare) }];
    },
  },
  {
    code: "content_without_time",
    sentence: "The sender signed the body alone, and this scheme signs the time with it.",
    mend: "Leave timestamp out of content only if the sender truly does; without it nothing is fresh.",
    variants: (attempt) =>
      attempt.scheme.timestamp === undefined ? [] : [{ ...attempt, around: () => ({ before: "", after: "" }) }],
  },
  {
    code: "content_separator",
    sentence: "Time and body are signed with another separator, or in another order, than the scheme's.",
    mend: "Correct content as the sender's page has it.",
    variants(attempt) {
      if (attempt.scheme.timestamp === undefined) return [];
      return ["", ".", ":", "\n", "v0:"].flatMap(
        (separator) =>
          [
            {
              ...attempt,
              around: ({ timestamp }) => ({ before: timeText(attempt, timestamp) + separator, after: "" }),
            },
            {
              ...attempt,
              around: ({ timestamp }) => ({ before: "", after: separator + timeText(attempt, timestamp) }),
            },
          ] satisfies Attempt[],
      );
    },
  },
];

/** The same headers with another value for one. */
function replaced(headers: HeadersLike, name: string, value: string): HeadersLike {
  return { get: (asked) => (asked === name ? value : textOf(getHeader(headers, asked, undefined))) };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
