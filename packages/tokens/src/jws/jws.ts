import { Fault, type FindKeys, type ProofHead, type ProofScheme, type Proven } from "@countersign/core/scheme";
import { base64url } from "jose";
import { carrierOf, readCarried, readHeader } from "../compact/carrier.ts";
import { readCompact } from "../compact/compact.ts";
import { type Fields, field } from "../compact/json.ts";
import { readProtected } from "../compact/protected-header.ts";
import { findSigner, type Signed } from "../key/find.ts";
import { keyMaker, type TokenKey } from "../key/token-key.ts";
import { checkJws, type JwsOptions, type JwsSettings } from "./options.ts";
import { payloadOf } from "./payload.ts";
import { jwsSigner } from "./sign.ts";

/** What the head shows of a detached JWS. */
interface Shown extends Signed {
  /** Which key to ask for; unproven. */
  readonly wanted: string | undefined;
  /** The signed time as it is written, and in milliseconds; empty and nothing where none is signed. */
  readonly written: string;
  readonly timestamp: number | undefined;
}

/**
 * A detached JSON Web Signature (RFC 7515, appendix F) in a header: `header..signature`, with the body in the payload's
 * place, either in base64url or, with `b64: false` (RFC 7797), as it is.
 *
 * `secret` is the sender's public key (PEM, a JWK as JSON, or `jwks(url)` of `@countersign/core/keys`), or for `HS…` the
 * shared secret. Keys and URLs in the JWS itself (`jwk`, `jku`, `x5u`, `x5c`) are never used.
 *
 * @throws ConfigurationError for options that do not prove the body
 * @example
 * ```ts
 * import { defineProvider } from "@countersign/core";
 * import { jws } from "@countersign/tokens";
 *
 * const bank = defineProvider({
 *   name: "bank",
 *   docs: "https://example.com/docs/webhooks",
 *   scheme: jws({
 *     header: "x-jws-signature",
 *     algorithms: ["PS256", "ES256"],
 *     b64: false,
 *     timestamp: { member: "iat", unit: "s", tolerance: "5m" },
 *   }),
 * });
 * ```
 */
export function jws(options: JwsOptions): ProofScheme {
  const settings = checkJws(options);
  const carrier = carrierOf(options, "jws");
  const { time, timeHeader, unencoded } = settings;
  const types = settings.type === undefined ? ["jws", "jose", "jwt"] : [settings.type];

  function read(head: ProofHead): Shown | Fault {
    const where = carrier.header;
    const malformed = (problem: string): Fault => new Fault("malformed_signature", where, problem);
    const text = readCarried(head, carrier);
    if (text instanceof Fault) return text;
    const token = readCompact(text, true);
    if (typeof token === "string") return malformed(token);
    const header = readProtected(token, { ...settings, types, typed: settings.type !== undefined });
    if (typeof header === "string") return malformed(header);
    const wanted = settings.keyIdHeader === undefined ? header.keyId : readKeyId(head, settings.keyIdHeader);
    if (wanted instanceof Fault) return wanted;
    const signedAt = readTime(head, token.header, settings, where);
    return signedAt instanceof Fault ? signedAt : { where, token, header, wanted, ...signedAt };
  }

  async function judgeBody(shown: Shown, body: Uint8Array, keys: FindKeys<TokenKey>): Promise<Proven | Fault> {
    const payload = payloadOf(settings.payload, shown.written, body);
    const index = await findSigner(
      shown,
      unencoded === false ? base64url.encode(payload) : payload,
      keys,
      shown.wanted,
    );
    if (index instanceof Fault) return index;
    return { secretIndex: index, ...(shown.timestamp === undefined ? {} : { timestamp: shown.timestamp }) };
  }

  return Object.freeze({
    kind: "proof" as const,
    description: options.description ?? "a detached JWS over the body",
    headers: Object.freeze([carrier.header, timeHeader, settings.keyIdHeader].filter((name) => name !== undefined)),
    covers: "body" as const,
    ...(time === undefined ? {} : { tolerance: time.tolerance }),
    prepare: keyMaker(settings.algorithms),
    read,
    judgeBody,
    signer: jwsSigner(settings, carrier),
  } satisfies ProofScheme<Shown, TokenKey>);
}

function readKeyId(head: ProofHead, name: string): string | Fault {
  const keyId = readHeader(head, name);
  if (typeof keyId !== "string" || /^[\x21-\x7e]{1,256}$/.test(keyId)) return keyId;
  return new Fault("malformed_signature", name, "it is not 1 to 256 visible characters");
}

/** The signed time: canonical decimal in an HTTP header, a whole number in the JWS's own. */
function readTime(
  head: ProofHead,
  header: Fields,
  { time, timeHeader }: JwsSettings,
  where: string,
): Pick<Shown, "written" | "timestamp"> | Fault {
  if (time === undefined) return { written: "", timestamp: undefined };
  const scale = time.unit === "s" ? 1000 : 1;
  const found = timeHeader === undefined ? field(header, time.member as string) : readHeader(head, timeHeader);
  if (found instanceof Fault) return found;
  const written = timeHeader === undefined ? (typeof found === "number" ? String(found) : "") : (found as string);
  if (/^(?:0|[1-9]\d{0,14})$/.test(written)) return { written, timestamp: Number(written) * scale };
  return new Fault(
    "malformed_signature",
    timeHeader ?? where,
    "its timestamp is not a whole number of canonical decimal",
  );
}
