import type { ContentPart, ContentReference, Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import type { Paint } from "../terminal/paint.ts";
import { columns } from "../terminal/text.ts";
import { neededHeaders } from "./detect.ts";

/** What a row says, in words and as data. */
export interface Description {
  readonly name: string;
  readonly docs: string;
  /** How it is proven, in a few words. */
  readonly proof: string;
  /** What stands in the signature's place, part by part; empty for a credential. */
  readonly signed: string;
  readonly headers: readonly string[];
  /** How far a signed time may lie from now; absent where none is signed. */
  readonly tolerance?: string | number;
  readonly secret: string;
  /** What it leaves open. */
  readonly unprotected?: string;
  readonly seams: readonly string[];
  /** For how long it tries again, where that is known. */
  readonly retries?: string | number;
  readonly handshake: boolean;
  readonly notSecrets: readonly string[];
}

const SECRETS: Readonly<Record<string, string>> = {
  utf8: "a text, used as it is shown",
  base64: "base64 of the key",
  hex: "hex of the key",
  whsec: "whsec_ and base64 of the key",
};

const PUBLIC_KEYS = {
  pem: "in PEM",
  jwk: "a JWK",
  jwks: "out of the JWK Set that the vendor publishes",
  list: "out of the list that the vendor publishes",
  der: "base64 of its DER",
  hex: "hex of the key",
  base64: "base64 of the key",
  whpk: "whpk_ and base64 of the key",
} as const;

const ALGORITHMS = {
  "ecdsa-p256-sha256": "ECDSA P-256 with SHA-256",
  "ecdsa-p384-sha384": "ECDSA P-384 with SHA-384",
  "rsa-pkcs1-sha256": "RSA PKCS#1 with SHA-256",
  "rsa-pkcs1-sha512": "RSA PKCS#1 with SHA-512",
  "rsa-pss-sha256": "RSA-PSS with SHA-256",
  "rsa-pss-sha512": "RSA-PSS with SHA-512",
  ed25519: "Ed25519",
} as const;

/** What is known of a provider from its row alone. */
export function describe(provider: Provider<any>): Description {
  const { name, docs, scheme, unprotected, seams = [], retries, handshake, notSecrets = [], tolerance } = provider;
  const window = (isProof(scheme) ? scheme.tolerance : scheme.timestamp?.tolerance) ?? tolerance;
  return {
    name,
    docs,
    proof: proofOf(provider),
    signed: isProof(scheme)
      ? scheme.covers === "nothing"
        ? ""
        : scheme.description
      : scheme.content.map(partOf).join(""),
    headers: neededHeaders(provider),
    ...(window === undefined ? {} : { tolerance: window }),
    secret: secretOf(provider),
    ...(unprotected === undefined ? {} : { unprotected }),
    seams,
    ...(retries === undefined ? {} : { retries }),
    handshake: handshake !== undefined,
    notSecrets: notSecrets.map(({ prefix, what }) => `${prefix}… (${what})`),
  };
}

function proofOf({ scheme }: Provider<any>): string {
  if (isProof(scheme)) return scheme.description;
  const how = scheme.kind === "hmac" ? `HMAC-${scheme.digest.replace("sha", "SHA-")}` : ALGORITHMS[scheme.algorithm];
  return `${how}, ${scheme.encoding}`;
}

function secretOf({ scheme }: Provider<any>): string {
  if (scheme.kind === "token") return "the credential";
  if (scheme.kind === "proof") return "the key, or where keys are published";
  if (scheme.kind === "asymmetric") return `the public key, ${PUBLIC_KEYS[scheme.publicKey]}`;
  return SECRETS[scheme.secret] ?? scheme.secret;
}

function partOf(part: ContentPart): string {
  if (typeof part === "string") return JSON.stringify(part).slice(1, -1);
  const { part: kind, name } = part as ContentReference;
  return name === undefined ? `{${kind}}` : `{${kind} ${name}}`;
}

/** The catalogue, a line each. */
export function catalogueLines(all: readonly Description[], { bold }: Paint): string[] {
  const rows = all.map(({ name, proof, headers, tolerance }) => [
    name,
    proof,
    headers.join(", "),
    tolerance === undefined ? "no time" : `within ${tolerance}`,
  ]);
  const [head = "", ...rest] = columns([["Name", "Proof", "Headers", "Fresh"], ...rows]);
  return [bold(head), ...rest, "", "countersign providers NAME says what each protects, and what it does not."];
}

/** One provider, in full. */
export function descriptionLines(one: Description, { bold, yellow }: Paint): string[] {
  const { name, proof, signed, headers, tolerance, secret, unprotected, seams, retries, handshake, notSecrets, docs } =
    one;
  const rows = [
    ["Proof", `${proof} in ${headers.join(", ")}`],
    ["Signed", signed === "" ? "nothing: whoever knows the credential can send any body" : signed],
    ["Fresh", tolerance === undefined ? "no time is signed" : `within ${tolerance} of now`],
    ["Secret", secret],
    ...(notSecrets.length === 0 ? [] : [["Not it", notSecrets.join(", ")]]),
    ["Retries", retries === undefined ? "not documented" : `for ${retries}`],
    ...(handshake ? [["Set-up", "it makes a request of its own first, which a verifier answers"]] : []),
    ["Register", docs],
  ];
  return [
    bold(name),
    ...columns(rows, "  "),
    ...(unprotected === undefined ? [] : [`  ${yellow("Open")}: ${unprotected}`]),
    ...(seams.length === 0
      ? []
      : [`  ${yellow("Open")}: the boundary in ${seams.join(", ")} can be moved: give exactUrl.`]),
  ];
}
