import { ConfigurationError } from "@countersign/core";
import { checkInteger, checkText, checkTexts } from "@countersign/core/checks";
import { Fault, type FindKeys, type ProofHead, type ProofScheme, type Proven } from "@countersign/core/scheme";
import { type Compact, readCompact } from "../compact/compact.ts";
import { type Fields, field, objectOf, segmentObject, textOf } from "../compact/json.ts";
import { readProtected } from "../compact/protected-header.ts";
import type { Algorithm } from "../key/algorithms.ts";
import { checkAlgorithms, isShared } from "../key/choice.ts";
import { keyMaker, type TokenKey } from "../key/token-key.ts";
import { judgeChain, type Root, readChain, readRoot, type X509Certificate } from "./certificates.ts";

/** A JWS whose key is in a certificate that comes with it, for {@link x5c}. */
export interface X5cOptions {
  /** The field of the body's JSON that holds the JWS: `"signedPayload"`. */
  readonly field: string;
  /** Which `alg` the header may have, and no other: `["ES256"]`. */
  readonly algorithms: readonly Algorithm[];
  /** How many certificates the chain has, the root included. */
  readonly length: number;
  /**
   * By position, the signer's first: the object identifier of an extension that the certificate must have. The vendor
   * issues certificates for many uses under one root; without a marker, any of them could sign.
   */
  readonly markers: readonly string[];
  /** Whether the signed payload is meant for this receiver; a phrase says why not. All customers have the same signer. */
  readonly allows: (payload: Fields) => string | undefined;
  /** The payload's field with the time of signing, in milliseconds. */
  readonly timestamp?: string;
  /** The payload's field with the delivery id. */
  readonly id?: string;
  /** How it proves, in listings of schemes; default a phrase for all such. */
  readonly description?: string;
}

/** Longer than any notification. */
const LONGEST = 1_048_576;

/**
 * A JWS in the body with the chain of certificates of its key (`x5c`), up to a root that is pinned. `secret` is that
 * root: the certificate, or its SHA-256 fingerprint. For Node, and runtimes that have its `crypto.X509Certificate`: Bun, Deno, Workers with `nodejs_compat`.
 *
 * Revocation is not asked for: the vendor's own libraries can, over the network.
 *
 * @throws ConfigurationError for options that would trust too much
 * @example
 * ```ts
 * import { x5c } from "@countersign/tokens/x5c";
 *
 * x5c({
 *   field: "signedPayload",
 *   algorithms: ["ES256"],
 *   length: 3,
 *   markers: ["1.2.840.113635.100.6.11.1", "1.2.840.113635.100.6.2.1"],
 *   allows: (payload) => (payload.bundleId === "com.example" ? undefined : "it is for another app"),
 * });
 * ```
 */
export function x5c(options: X5cOptions): ProofScheme {
  const {
    allows,
    timestamp,
    id,
    description = "a JWS in the body with a chain of certificates to a pinned root",
  } = options;
  const name = checkText(options.field, "x5c.field");
  const algorithms = checkAlgorithms(options.algorithms, "x5c.algorithms");
  const length = checkInteger(options.length, "x5c.length", 2, 8);
  const markers = checkTexts(options.markers, "x5c.markers");
  if (isShared(algorithms)) throw new ConfigurationError("x5c.algorithms", "x5c.algorithms must be for public keys.");
  if (markers.length === 0)
    throw new ConfigurationError(
      "x5c.markers",
      "x5c.markers must name an extension of the signer's certificate at least.",
    );
  if (typeof allows !== "function") throw new ConfigurationError("x5c.allows", "x5c.allows must be a function.");
  const makeKey = keyMaker(algorithms);
  const where = `the body's ${name}`;
  const malformed = (problem: string): Fault => new Fault("malformed_signature", where, problem);

  async function judgeBody(shown: { readonly now: number }, bytes: Uint8Array, keys: FindKeys<Root>) {
    const body = objectOf(textOf(bytes) ?? "");
    if (body === undefined) return new Fault("malformed_signature", "the body", "it is not a JSON object");
    const text = field(body, name);
    if (typeof text !== "string") return new Fault("missing_signature", where);
    const token = readCompact(text, false, LONGEST);
    if (typeof token === "string") return malformed(token);
    const header = readProtected(token, { algorithms, types: ["JWS", "JWT", "JOSE"], typed: false, unencoded: false });
    if (typeof header === "string") return malformed(header);
    const payload = segmentObject(token.payload);
    if (payload === undefined) return malformed("its payload is not a JSON object in base64url");
    const chain = readChain(field(token.header, "x5c"), length);
    if (chain === undefined) return malformed(`its x5c is not ${length} certificates`);

    const secretIndex = (await keys()).indexOf((chain.at(-1) as X509Certificate).fingerprint256);
    if (secretIndex < 0)
      return new Fault("signature_mismatch", where, "its chain ends in another root than the pinned one");
    const problem = judgeChain(chain, markers, shown.now);
    if (problem !== undefined) return new Fault("signature_mismatch", where, problem);
    if (!(await holds(token, header.algorithm, chain[0] as X509Certificate)))
      return new Fault("signature_mismatch", where, "the key of its first certificate does not verify it");
    const other = allows(payload);
    return other === undefined ? proven(secretIndex, payload, text) : new Fault("unknown_sender", where, other);
  }

  async function holds(token: Compact, algorithm: string, signer: X509Certificate): Promise<boolean> {
    const key = keyOf(signer);
    return key?.fits(algorithm, undefined) === true && (await key.verify(token, algorithm, token.payload));
  }

  /** A certificate is the sender's: one whose key is of another kind is no mistake of set-up. */
  function keyOf(signer: X509Certificate): TokenKey | undefined {
    try {
      return makeKey(signer.toString());
    } catch {
      return undefined;
    }
  }

  function proven(secretIndex: number, payload: Fields, signed: string): Proven {
    const time = timestamp === undefined ? undefined : field(payload, timestamp);
    const name = id === undefined ? undefined : field(payload, id);
    return {
      secretIndex,
      signed,
      ...(typeof time === "number" && Number.isFinite(time) ? { timestamp: time } : {}),
      ...(typeof name === "string" && name !== "" ? { id: name } : {}),
    };
  }

  return Object.freeze({
    kind: "proof" as const,
    description,
    headers: Object.freeze([]),
    covers: "body" as const,
    prepare: readRoot,
    read: ({ now }: ProofHead) => ({ now }),
    judgeBody,
  });
}
