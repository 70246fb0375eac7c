import { ConfigurationError } from "@countersign/core";
import { checkText } from "@countersign/core/checks";
import { Fault, type FindKeys, type ProofHead, type ProofScheme, type Proven } from "@countersign/core/scheme";
import { type Fields, field, objectOf, textOf } from "../compact/json.ts";
import { findSigner } from "../key/find.ts";
import { keyMaker, type TokenKey } from "../key/token-key.ts";
import { checkJwt, type JwtOptions, type JwtSettings } from "./options.ts";
import { type Claimed, readToken } from "./token.ts";

/** More tokens than this in one body are refused unread. */
const MOST = 32;

/** How tokens stand in a body, for {@link jwtsInBody}. */
export interface JwtsInBodyOptions {
  /** The field of the JSON that lists them: `"validationTokens"`. */
  readonly field: string;
  /** What a genuine token is; where there are several kinds of it, each must be of one. All take the same algorithms. */
  readonly tokens: readonly JwtOptions[];
  /** What of the body the proven tokens must allow; a phrase says what they do not. */
  readonly allows?: (body: Fields, claims: readonly Fields[]) => string | undefined;
  /** How it proves, in listings of schemes; default a phrase for all such. */
  readonly description?: string;
}

/**
 * JSON Web Tokens inside the body, which say who sends and nothing of what else stands there: Microsoft Graph's
 * `validationTokens`. All of them must hold, and there must be one at least.
 *
 * @throws ConfigurationError as `jwt` does
 * @example
 * ```ts
 * import { jwtsInBody } from "@countersign/tokens";
 *
 * jwtsInBody({
 *   field: "tokens",
 *   tokens: [
 *     {
 *       algorithms: ["RS256"],
 *       issuer: "https://login.example.com",
 *       audience: "my-app",
 *       claims: { azp: "the-sender" },
 *     },
 *   ],
 * });
 * ```
 */
export function jwtsInBody(options: JwtsInBodyOptions): ProofScheme {
  const { allows, description = "JWTs in the body that say who sends" } = options;
  const name = checkText(options.field, "field");
  const kinds = options.tokens.map(checkJwt);
  const [first] = kinds;
  if (first === undefined) throw new ConfigurationError("tokens", "tokens must say what a genuine token is.");
  const where = `the body's ${name}`;

  async function judgeBody(shown: { readonly now: number }, bytes: Uint8Array, keys: FindKeys<TokenKey>) {
    const body = objectOf(textOf(bytes) ?? "");
    if (body === undefined) return new Fault("malformed_signature", "the body", "it is not a JSON object");
    const texts = field(body, name);
    if (!Array.isArray(texts) || texts.length === 0) return new Fault("missing_signature", where);
    if (texts.length > MOST) return new Fault("malformed_signature", where, `they are more than ${MOST}`);
    const claims: Fields[] = [];
    let proven: Proven | undefined;
    for (const text of texts as readonly unknown[]) {
      const token = typeof text === "string" ? readAny(text, kinds, shown.now, where) : NO_TEXT(where);
      if (token instanceof Fault) return token;
      const secretIndex = await findSigner(token, token.token.payload, keys, token.wanted);
      if (secretIndex instanceof Fault) return secretIndex;
      proven ??= { secretIndex };
      claims.push(token.claims);
    }
    const problem = allows?.(body, claims);
    return problem === undefined ? (proven as Proven) : new Fault("unknown_sender", where, problem);
  }

  return Object.freeze({
    kind: "proof" as const,
    description,
    headers: Object.freeze([]),
    covers: "nothing" as const,
    prepare: keyMaker(first.algorithms),
    read: ({ now }: ProofHead) => ({ now }),
    judgeBody,
  });
}

const NO_TEXT = (where: string): Fault => new Fault("malformed_signature", where, "one of them is no text");

/** The token as the first kind that it is; else what the last says is wrong with it. */
function readAny(text: string, kinds: readonly JwtSettings[], now: number, where: string): Claimed | Fault {
  let fault: Claimed | Fault = NO_TEXT(where);
  for (const kind of kinds) {
    fault = readToken(text, kind, now, where);
    if (!(fault instanceof Fault)) return fault;
  }
  return fault;
}
