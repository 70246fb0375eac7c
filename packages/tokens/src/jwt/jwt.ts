import { Fault, type FindKeys, type ProofScheme, type Proven } from "@countersign/core/scheme";
import { carrierOf, readCarried } from "../compact/carrier.ts";
import { field } from "../compact/json.ts";
import { findSigner } from "../key/find.ts";
import { keyMaker, type TokenKey } from "../key/token-key.ts";
import { equal, sha256, WRITTEN } from "./hash.ts";
import { checkJwt, type JwtOptions } from "./options.ts";
import { jwtSigner } from "./sign.ts";
import { type Claimed, readToken } from "./token.ts";

/** What is known of one request while it is judged. */
interface Shown extends Claimed {
  readonly method: string;
  readonly url: string;
  /** Written when the token is proven, for the verdict on the body. */
  proven?: Proven;
}

/**
 * A JSON Web Token (RFC 7519) in a header. By itself it proves who calls, as a password does: whoever has seen one can
 * send other bodies until it expires. With `bodyHash` it proves the body too.
 *
 * An issuer such as Google or Microsoft makes tokens for all of its customers, for whatever audience they ask. So issuer,
 * audience *and* an identity must be pinned; options that pin less are refused. The exceptions: a shared secret, which
 * nobody else has, and a body's hash, which only the sender of webhooks signs.
 *
 * `secret` is the sender's public key: PEM, a JWK as JSON, or `jwks(url)` of `@countersign/core/keys`. Keys and URLs in
 * the token itself (`jwk`, `jku`, `x5u`, `x5c`) are never used.
 *
 * @throws ConfigurationError for options that would take tokens of somebody else
 * @see https://www.rfc-editor.org/rfc/rfc8725 the practice that it follows
 * @example
 * ```ts
 * import { defineProvider } from "@countersign/core";
 * import { jwt } from "@countersign/tokens";
 *
 * const scheduler = defineProvider({
 *   name: "scheduler",
 *   docs: "https://docs.cloud.google.com/scheduler/docs/http-target-auth",
 *   scheme: jwt({
 *     algorithms: ["RS256"],
 *     issuer: "https://accounts.google.com",
 *     audience: "https://example.com/hooks/nightly",
 *     email: "nightly@my-project.iam.gserviceaccount.com",
 *   }),
 * });
 * ```
 */
export function jwt(options: JwtOptions): ProofScheme {
  const settings = checkJwt(options);
  const carrier = carrierOf(options, "jwt");
  const { bodyHash, headHash, maxAge } = settings;

  async function judgeHead(shown: Shown, keys: FindKeys<TokenKey>): Promise<Proven | Fault> {
    const index = await findSigner(shown, shown.token.payload, keys, shown.wanted);
    if (index instanceof Fault) return index;
    if (headHash !== undefined) {
      const hash = WRITTEN.hex(await sha256(new TextEncoder().encode(headHash.text(shown))));
      const said = field(shown.claims, headHash.claim);
      if (typeof said !== "string" || !equal(said, hash))
        return new Fault("signature_mismatch", shown.where, `its ${headHash.claim} is the hash of another request`);
    }
    shown.proven = { secretIndex: index, ...(shown.madeAt === undefined ? {} : { timestamp: shown.madeAt }) };
    return shown.proven;
  }

  async function judgeBody(shown: Shown, body: Uint8Array): Promise<Proven | Fault> {
    const { claim, encoding } = bodyHash as NonNullable<typeof bodyHash>;
    const said = field(shown.claims, claim);
    if (typeof said !== "string" || shown.proven === undefined)
      return new Fault("malformed_signature", shown.where, `it has no ${claim}`);
    if (equal(said, WRITTEN[encoding](await sha256(body)))) return shown.proven;
    return new Fault("signature_mismatch", shown.where, `its ${claim} is the hash of another body`);
  }

  return Object.freeze({
    kind: "proof" as const,
    description: options.description ?? describe(bodyHash?.claim),
    headers: Object.freeze([carrier.header]),
    ...(headHash === undefined ? {} : { signs: "path" as const }),
    covers: bodyHash === undefined ? ("nothing" as const) : ("body" as const),
    ...(maxAge === undefined ? {} : { tolerance: maxAge }),
    prepare: keyMaker(settings.algorithms),
    read(head) {
      const text = readCarried(head, carrier);
      if (text instanceof Fault) return text;
      const token = readToken(text, settings, head.now, carrier.header);
      return token instanceof Fault ? token : { ...token, method: head.method ?? "POST", url: head.url };
    },
    judgeHead,
    ...(bodyHash === undefined ? {} : { judgeBody }),
    signer: jwtSigner(settings, carrier),
  } satisfies ProofScheme<Shown, TokenKey>);
}

function describe(claim: string | undefined): string {
  return claim === undefined ? "a JWT that says who calls" : `a JWT whose ${claim} is the hash of the body`;
}
