import { type Duration, parseDuration } from "@countersign/core";
import { checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import { andThen, Fault, type ProofScheme, type Proven } from "@countersign/core/scheme";
import { OF_REQUEST } from "../coverage/compile.ts";
import { headerValue } from "../field/lines.ts";
import type { RequestMessage } from "../field/message.ts";
import { type VerifyingKey, verifyingKey } from "../key/verifying-key.ts";
import { judgeContent } from "../signature/body.ts";
import { type Genuine, prove } from "../signature/prove.ts";
import { type Selected, select } from "../signature/select.ts";
import { compileRules, RULE_KEYS, type RuleOptions } from "../signature/settings.ts";
import { subjectOf } from "../signature/subject.ts";
import { compileSigning, type SigningOptions } from "./signing.ts";

/** What {@link httpSignature} can be told. */
export interface HttpSignatureOptions extends RuleOptions {
  /**
   * What is the delivery id: the parameter `nonce` (default), or a header, where the signature covers it.
   */
  readonly id?:
    | "nonce"
    | {
        /** The header's name, such as `"idempotency-key"`. A request that does not cover it has no id. */
        readonly header: string;
      };
  /** How far `created` may lie from now, unless the verifier's `tolerance` says otherwise; default `"5m"`. */
  readonly tolerance?: Duration;
  /** How requests are signed; default: what `coverage` asks for, with a nonce. */
  readonly sign?: SigningOptions;
}

const KEYS: KeysOf<HttpSignatureOptions> = { ...RULE_KEYS, id: "optional", tolerance: "optional", sign: "optional" };

/** A request on its way: what was read, and, once the head is judged, what it proves. */
interface Shown extends Selected {
  genuine?: { readonly one: Genuine; readonly proven: Proven };
}

/**
 * HTTP Message Signatures (RFC 9421) with the body's digest (RFC 9530), as the scheme of a provider: for `createVerifier`,
 * `sign`, and endpoints of a sender.
 *
 * The signature is judged before the body is read, the digest when it is there. Of several signatures the first that
 * covers enough, and is genuine, counts. `secret` is the sender's public key (PEM, or a JWK as text, whose `kid` is held
 * against `keyid`), several of them, or a lookup such as `jwks(url)`; to sign it is the private key.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import { createVerifier, defineProvider } from "@countersign/core";
 * import { httpSignature } from "@countersign/http-signatures";
 *
 * const warehouse = defineProvider<{ sku: string }>({
 *   name: "warehouse",
 *   docs: "https://example.com/docs/webhooks",
 *   scheme: httpSignature({ algorithms: ["ed25519"] }),
 * });
 * const verifier = createVerifier(warehouse, {
 *   secret: '{"kty":"OKP","crv":"Ed25519","kid":"2026","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}',
 *   publicUrl: "https://hooks.example.net",
 * });
 * ```
 */
export function httpSignature(options: HttpSignatureOptions = {}): ProofScheme {
  checkOptions(options, KEYS, "");
  const rules = compileRules(options, OF_REQUEST);
  const { id = "nonce", tolerance = "5m" } = options;
  parseDuration(tolerance, "tolerance", 1);
  const idHeader = id === "nonce" ? undefined : checkText(id?.header, "id.header").toLowerCase();
  const { required } = rules;
  const signer = compileSigning(options.sign ?? {}, rules);

  const idOf = ({ candidate }: Genuine, message: Selected["message"]): string | undefined => {
    if (idHeader === undefined) return candidate.parameters.nonce;
    const covered = candidate.components.some(({ name, key }) => name === idHeader && key === undefined);
    const value = covered ? headerValue(message, idHeader) : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };

  return Object.freeze({
    kind: "proof",
    description: "an HTTP message signature (RFC 9421)",
    headers: Object.freeze(["signature-input", "signature", required.digest]),
    signs: required.target === "uri" || required.target === "authority" ? "url" : "path",
    covers: required.body.some(({ name }) => name === required.digest) ? "body" : "nothing",
    tolerance,
    prepare: (secret) => verifyingKey(secret, rules),
    read({ method = "POST", url, headers, rawHeaders, now }) {
      return select({ method, url, headers, rawHeaders } satisfies RequestMessage, rules, now);
    },
    judgeHead(shown, keys) {
      return andThen(prove(shown, rules, keys), (genuine) => {
        if (genuine instanceof Fault) return genuine;
        const { created } = genuine.candidate.parameters;
        const own = idOf(genuine, shown.message);
        const proven: Proven = {
          secretIndex: genuine.keyIndex,
          ...(created === undefined ? {} : { timestamp: created * 1000 }),
          ...(own === undefined ? {} : { id: own }),
          signed: subjectOf(genuine),
        };
        shown.genuine = { one: genuine, proven };
        return proven;
      });
    },
    judgeBody(shown, body) {
      const { one, proven } = shown.genuine as NonNullable<Shown["genuine"]>;
      return andThen(judgeContent(one.candidate, shown.message, body, required), (fault) => fault ?? proven);
    },
    signer,
  } satisfies ProofScheme<Shown, VerifyingKey>);
}
