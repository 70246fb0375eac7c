import { ConfigurationError } from "../errors/errors.ts";
import { ALGORITHM_NAMES } from "./algorithms.ts";
import { BODY_PARTS, type ContentReference } from "./content.ts";
import { PAIRS } from "./layout-pairs.ts";
import { isListed } from "./listed-headers.ts";
import type { ProofScheme } from "./proof-scheme.ts";
import type { AsymmetricScheme, MacScheme, PublicKeyFormat } from "./scheme.ts";

// RFC 9110, 5.6.2: a token.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Headers and request lines are bytes, and are held in strings as one character a byte. */
export const NOT_LATIN1 = /[\u0100-\uffff]/;

/** Throws unless the text can be a header's name: one that cannot would be missing in every request. */
export function checkHeaderName(name: unknown, option: string): void {
  if (typeof name === "string" && HEADER_NAME.test(name)) return;
  throw new ConfigurationError(option, `${option} must be the name of a header, such as "x-signature".`);
}

/** Throws for a user name that Basic authentication cannot carry (RFC 7617, 2). */
export function checkUsername(name: unknown, option: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (name === undefined || (typeof name === "string" && /^[^:\u0000-\u001f\u007f]{1,256}$/.test(name))) return;
  throw new ConfigurationError(option, `${option} must be text of at most 256 characters, without a colon.`);
}

/** Refuses a scheme of somebody's own that lacks what the road of a request asks of it. */
export function checkProof(scheme: ProofScheme): void {
  const wrong = (what: string) => new ConfigurationError("scheme", `scheme ${what}.`);
  if (typeof scheme.description !== "string") throw wrong("must say in its description how it proves");
  if (!Array.isArray(scheme.headers)) throw wrong("must list the headers that carry the proof");
  for (const name of scheme.headers) checkHeaderName(name, "scheme.headers");
  if (scheme.covers !== "body" && scheme.covers !== "nothing") throw wrong('must say covers: "body" or "nothing"');
  if (typeof scheme.prepare !== "function" || typeof scheme.read !== "function")
    throw wrong("must have prepare() and read()");
  if (scheme.covers === "body" && typeof scheme.judgeBody !== "function")
    throw wrong("covers the body, so it must have judgeBody()");
  if (typeof scheme.judgeHead !== "function" && typeof scheme.judgeBody !== "function")
    throw wrong("must have judgeHead() or judgeBody()");
}

const PUBLIC_KEYS = ["pem", "jwk", "jwks", "list", "der", "hex", "base64", "whpk"] satisfies PublicKeyFormat[];

const WORDS: readonly (readonly [option: string, words: readonly string[], of: (scheme: Loose) => unknown])[] = [
  ["digest", ["sha1", "sha256", "sha384", "sha512"], (scheme) => (scheme.kind === "hmac" ? scheme.digest : "sha256")],
  ["encoding", ["hex", "base64", "base64url"], (scheme) => scheme.encoding],
  ["secret", ["utf8", "base64", "hex", "whsec"], (scheme) => (scheme.kind === "hmac" ? scheme.secret : "utf8")],
  ["publicKey", PUBLIC_KEYS, (scheme) => (scheme.kind === "asymmetric" ? scheme.publicKey : "hex")],
  ["algorithm", ALGORITHM_NAMES, (scheme) => (scheme.kind === "asymmetric" ? scheme.algorithm : "ed25519")],
  ["form", ["der", "raw"], (scheme) => (scheme.kind === "asymmetric" ? scheme.form : "raw")],
  ["signature.list", [",", " "], (scheme) => scheme.signature?.list ?? ","],
  [
    "timestamp.unit",
    ["s", "ms", "rfc3339"],
    (scheme) => (scheme.timestamp === undefined ? "s" : scheme.timestamp.unit),
  ],
];

type Loose = MacScheme | AsymmetricScheme;

/** Refuses a scheme that no request could satisfy, or that every body would. Types say the same, to who has them. */
export function checkScheme(scheme: Loose): void {
  for (const [option, words, of] of WORDS) {
    if (words.includes(of(scheme) as string)) continue;
    throw new ConfigurationError(option, `${option} must be one of ${words.map((word) => `"${word}"`).join(", ")}.`);
  }
  if (scheme.kind === "asymmetric" && scheme.form === "der" && !scheme.algorithm.startsWith("ecdsa-")) {
    throw new ConfigurationError("form", 'form is "der" for ECDSA only: leave it out.');
  }
  const header: unknown = scheme.signature?.header;
  const headers: readonly unknown[] = Array.isArray(header) ? header : [header];
  if (headers.length === 0) throw new ConfigurationError("signature.header", "signature.header must name a header.");
  for (const name of headers) checkHeaderName(name, "signature.header");
  if (scheme.timestamp?.header !== undefined) checkHeaderName(scheme.timestamp.header, "timestamp.header");
  if (scheme.id !== undefined) checkHeaderName(scheme.id.header, "id.header");
  if (scheme.keyId !== undefined) checkHeaderName(scheme.keyId.header, "keyId.header");
  checkContent(scheme);
  checkLayout(scheme.signature.layout ?? "{signature}");
  checkTime(scheme);
  if (holds(scheme, "id") !== (scheme.id !== undefined)) {
    throw new ConfigurationError(
      "id",
      "An id is signed, and its header named, or neither: content and id.header do not agree.",
    );
  }
}

function holds({ content }: Loose, part: string): boolean {
  return content.some((one) => typeof one !== "string" && one.part === part);
}

function checkLayout(layout: string): void {
  const wrong = (why: string) => new ConfigurationError("signature.layout", `signature.layout ${why}.`);
  if (typeof layout !== "string" || layout.split("{signature}").length !== 2)
    throw wrong(`must hold {signature} once; it is "${layout}"`);
  if (layout.includes("{timestamp}")) {
    const match = PAIRS.exec(layout);
    if (match === null || match[2] === match[6])
      throw wrong(`with a timestamp must read like "t={timestamp},v1={signature}"; it is "${layout}"`);
  } else if (!layout.endsWith("{signature}")) throw wrong("must end with {signature}");
}

function checkTime(scheme: Loose): void {
  const { timestamp } = scheme;
  const inLayout = scheme.signature.layout?.includes("{timestamp}") === true;
  if (inLayout !== (timestamp !== undefined && timestamp.header === undefined)) {
    throw new ConfigurationError(
      "timestamp",
      "A timestamp is either part of the signature's layout or has a header of its own (timestamp.header): say which, once.",
    );
  }
  if (timestamp === undefined || holds(scheme, "timestamp")) return;
  if (!isListed(scheme.content, timestamp.header?.toLowerCase()))
    throw new ConfigurationError("content", "content must hold the timestamp: one that is not signed proves nothing.");
}

function checkContent(scheme: Loose): void {
  if (!Array.isArray(scheme.content)) throw new ConfigurationError("content", "content must be a list of parts.");
  let bodies = 0;
  for (const part of scheme.content as Loose["content"]) {
    if (typeof part === "string") {
      if (NOT_LATIN1.test(part))
        throw new ConfigurationError("content", "content may hold text of one byte a character only.");
    } else {
      if (part.name !== undefined) checkHeaderName(part.name, "content");
      if (BODY_PARTS.has(part.part)) bodies++;
      if (part.part === "bodyHash") checkHash(part);
    }
  }
  if (bodies > 1) throw new ConfigurationError("content", "content can hold the body only once.");
  if (bodies === 0) {
    throw new ConfigurationError(
      "content",
      "content must hold the body: a signature that does not cover it would prove any body.",
    );
  }
}

function checkHash({ hash }: ContentReference): void {
  const strong = ["sha256", "sha384", "sha512"].includes(hash?.digest as string);
  if (strong && ["hex", "base64", "base64url"].includes(hash?.encoding as string)) return;
  throw new ConfigurationError(
    "content",
    'content must say bodyHash("sha256", "hex"), or another hash from SHA-256 on.',
  );
}
