import { fromBase64, toHex } from "../lib/bytes.ts";
import type { AsymmetricScheme, MacScheme } from "../scheme/scheme.ts";
import { DIGEST_BYTES } from "../scheme/signature.ts";
import type { Finding } from "./finding.ts";

/** What a header holds that is no signature of the scheme. */
export interface BadSignature {
  readonly scheme: MacScheme | AsymmetricScheme;
  readonly header: string;
  /** The value, and in it the longest run of characters that a signature is made of. */
  readonly text: string;
  readonly run: string;
  readonly body: Uint8Array;
}

/** Hash functions by how long they are, those too that no scheme of ours has. */
const OTHER_DIGESTS: readonly (readonly [name: string, bytes: number])[] = [
  ["MD5", 16],
  ["SHA-1", 20],
  ["SHA-224", 28],
  ["SHA-256", 32],
  ["SHA-384", 48],
  ["SHA-512", 64],
];

/** How many characters so many bytes have. */
export const charactersOf = (encoding: MacScheme["encoding"], bytes: number) =>
  encoding === "hex" ? bytes * 2 : Math.ceil(bytes / 3) * 4;

/** How long a signature of the scheme is. */
export const lengthOf = (scheme: MacScheme | AsymmetricScheme) =>
  charactersOf(scheme.encoding, scheme.kind === "hmac" ? DIGEST_BYTES[scheme.digest] : 64);

/** An ASN.1 sequence of two numbers: an ECDSA signature. */
function isEcdsa(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x30 && bytes[1] === bytes.length - 2 && bytes[2] === 2 && bytes.length >= 64 && bytes.length <= 144
  );
}

const RSA = new Set([128, 256, 384, 512]);

function asymmetric({ run }: BadSignature): string | undefined {
  const bytes = fromBase64(run.replace(/=+$/, ""));
  if (bytes === undefined) return undefined;
  return isEcdsa(bytes) ? "ECDSA" : RSA.has(bytes.length) ? "RSA" : undefined;
}

/** What it is, the surest first. Nothing where its look says nothing. */
export function seeSignature(bad: BadSignature): Finding | undefined {
  const { scheme, header, text, run, body } = bad;
  const bare = text.replace(/^\s*(?:sha\d+|v\d+\w?)\s*[=,:]/i, "").trim();
  if (bare === "") return EMPTY(header);
  if (
    /^(?:undefined|null|none|nil|nan|true|false|dummy|test|example|signature|\[object \w+\]|[xX]{3,}|\*{3,}|\.{3,})$/i.test(
      bare,
    )
  )
    return PLACEHOLDER(header);
  if (/^(?:bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*$/i.test(bare)) return TOKEN(header);
  const algorithm = scheme.kind === "hmac" ? asymmetric(bad) : undefined;
  if (algorithm !== undefined) return ASYMMETRIC(algorithm);
  const start = toHex(body.subarray(0, 32));
  if (start.length >= 16 && run.length > lengthOf(scheme) && run.toLowerCase().startsWith(start)) return HOLDS_BODY;
  const digest = scheme.kind === "hmac" ? digestOf(bad) : undefined;
  return digest === undefined ? undefined : DIGEST(digest, scheme);
}

/** The hash function whose signatures are as long as this one, where it is another than the scheme's. */
function digestOf({ scheme, run, text }: BadSignature): string | undefined {
  const whole = text.replace(/^[^=,:]{0,8}[=,:]/, "");
  if (scheme.encoding === "base64" && !/=$|^[A-Za-z0-9+/]{64}$/.test(run)) return undefined;
  if (scheme.encoding === "hex" && !whole.endsWith(run)) return undefined;
  const found = OTHER_DIGESTS.find(([, bytes]) => charactersOf(scheme.encoding, bytes) === run.length);
  return found === undefined || run.length === lengthOf(scheme) ? undefined : found[0];
}

const EMPTY = (header: string): Finding => ({
  code: "signature_empty",
  sentence: `The header ${header} is there, and holds no signature.`,
  mend: "Set the secret on the sender's side: without one, some send the header empty.",
});
const PLACEHOLDER = (header: string): Finding => ({
  code: "signature_placeholder",
  sentence: `What stands in ${header} is a word, and no signature.`,
  mend: "Look at who made the request: a test by hand, or a sender whose signing failed.",
});
const TOKEN = (header: string): Finding => ({
  code: "signature_is_token",
  sentence: `What stands in ${header} is a JSON Web Token, and this scheme reads a bare signature.`,
  mend: "Choose a provider that reads tokens, or let the sender sign as this one.",
});
const ASYMMETRIC = (algorithm: string): Finding => ({
  code: "signature_other_algorithm",
  sentence: `The signature looks like one of ${algorithm}, which a public key verifies, and this scheme is an HMAC with a shared secret.`,
  mend: "Choose the provider that sends it, with its public key.",
});
const HOLDS_BODY: Finding = {
  code: "signature_holds_body",
  sentence: "The signature begins with the body itself: the sender has put the body in front of a hash of nothing.",
  mend: "In Go, write the body into the hash, mac.Write(body), and call mac.Sum(nil).",
};
const DIGEST = (name: string, { encoding }: MacScheme | AsymmetricScheme): Finding => ({
  code: "digest",
  sentence: `The signature is as long as one of ${name} in ${encoding}, and this provider's scheme has another hash function.`,
  mend: "Choose the digest of the scheme as the sender's page has it.",
});
