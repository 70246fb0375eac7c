import { getHeader } from "../head/headers.ts";
import { utf8 } from "../lib/bytes.ts";
import type { Digest, Encoding } from "../scheme/encoding.ts";
import type { MacScheme } from "../scheme/scheme.ts";
import { writeTimestamp } from "../scheme/time.ts";
import type { Attempt, Change, Hypothesis } from "./attempt.ts";

const DIGESTS: readonly Digest[] = ["sha1", "sha256", "sha384", "sha512"];
const ENCODINGS: readonly Encoding[] = ["hex", "base64"];
const LAYOUTS = [
  "{signature}",
  "sha256={signature}",
  "sha1={signature}",
  "v1={signature}",
  "v0={signature}",
  "v1,{signature}",
];

/** What stands around the time. */
const AROUND = [
  ...["", ".", ":", "\n", "|", "-", " ", "&"].map((end) => ["", end] as const),
  ...["v0", "v1"].flatMap((version) => [":", "."].map((end) => [version + end, end] as const)),
];

function withScheme(changes: (scheme: MacScheme) => readonly Partial<MacScheme>[]): Hypothesis["changes"] {
  return ({ scheme }) =>
    scheme.kind === "hmac" ? changes(scheme).map((change) => ({ scheme: { ...scheme, ...change } })) : [];
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
    changes: withScheme((scheme) => DIGESTS.filter((name) => name !== scheme.digest).map((name) => ({ digest: name }))),
  },
  {
    code: "encoding",
    sentence: "The signature is written in the other encoding: base64 where the scheme says hex, or the reverse.",
    mend: "Choose the encoding of the scheme as the sender's page has it.",
    *changes({ scheme }): Generator<Change> {
      for (const encoding of ENCODINGS.filter((one) => one !== scheme.encoding)) {
        if (scheme.kind === "asymmetric") yield { scheme: { ...scheme, encoding } };
        else for (const digest of DIGESTS) yield { scheme: { ...scheme, encoding, digest } };
      }
    },
  },
  {
    code: "layout",
    sentence: "The signature is in its header without the prefix that the scheme expects, or with another one.",
    mend: "Correct the layout of the scheme, or what the sender writes around the signature.",
    changes: withScheme(({ signature: { header, layout: own }, digest: given, encoding: written }) =>
      own?.includes("{timestamp}") === true
        ? []
        : LAYOUTS.flatMap((layout) =>
            [given, "sha1" as const].flatMap((digest) =>
              [written, written === "hex" ? ("base64" as const) : ("hex" as const)].map((encoding) => ({
                signature: { header, layout },
                digest,
                encoding,
              })),
            ),
          ),
    ),
  },
  {
    code: "content_without_time",
    sentence: "The sender signed the body alone, and this scheme signs the time with it.",
    mend: "Leave timestamp out of content only if the sender truly does; without it nothing is fresh.",
    changes: ({ scheme }) => (scheme.timestamp === undefined ? [] : [{ around: () => ({ before: "", after: "" }) }]),
  },
  {
    code: "content_separator",
    sentence: "Time and body are signed with another separator, or in another order, than the scheme's.",
    mend: "Correct content as the sender's page has it.",
    *changes(attempt): Generator<Change> {
      if (attempt.scheme.timestamp === undefined) return;
      for (const [start, end] of AROUND) {
        yield { around: ({ timestamp }) => ({ before: start + timeText(attempt, timestamp) + end, after: "" }) };
        yield { around: ({ timestamp }) => ({ before: "", after: end + timeText(attempt, timestamp) }) };
      }
    },
  },
  {
    code: "key_and_content_swapped",
    sentence: "The sender took the body for the key and the secret for what is signed.",
    mend: "Swap the two where it is signed: most functions take the key first or last, and none can tell.",
    *changes({ scheme, secrets, body }): Generator<Change> {
      if (scheme.kind !== "hmac" || body.length === 0) return;
      for (const secret of secrets) {
        const content = typeof secret === "string" ? utf8(secret) : secret;
        yield { secrets: [body], body: content, around: () => ({ before: "", after: "" }) };
      }
    },
  },
];
