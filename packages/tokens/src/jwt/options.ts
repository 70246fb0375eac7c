import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkKeys,
  checkOptions,
  checkText,
  type KeysOf,
} from "@countersign/core/checks";
import type { Algorithm } from "../key/algorithms.ts";
import { checkAlgorithms, isShared } from "../key/choice.ts";

/** The claim that holds the body's hash. */
export interface BodyHash {
  /** The claim: `"request_body_sha256"`. */
  readonly claim: string;
  /** How the SHA-256 is written in it. */
  readonly encoding: "hex" | "base64" | "base64url";
}

/** A claim that holds the hash of something in the head. */
export interface HeadHash {
  /** The claim: `"qsh"`. Its value is the SHA-256 in lower-case hexadecimal. */
  readonly claim: string;
  /** What is hashed. */
  readonly text: (head: {
    /** Upper case. */
    readonly method: string;
    /** The public URL: path and query, and the origin where the verifier knows it. */
    readonly url: string;
  }) => string;
}

/** What a genuine token is, for {@link jwt}. */
export interface JwtOptions {
  /** The header that carries it; default `"authorization"`. */
  readonly header?: string;
  /** What precedes the token, blank included; default `"Bearer "` in `authorization`, and nothing elsewhere. */
  readonly prefix?: string;
  /** The only algorithms that are taken: either public-key ones or, for a shared secret, `HS…`. */
  readonly algorithms: readonly Algorithm[];
  /** Who makes the tokens: `iss` must be one of these. */
  readonly issuer?: string | readonly string[];
  /** For whom they are meant: `aud` must hold one of these. */
  readonly audience?: string | readonly string[];
  /** On whose behalf: `sub` must be one of these. */
  readonly subject?: string | readonly string[];
  /** The same by address: `email` must be one of these, and `email_verified` true. */
  readonly email?: string | readonly string[];
  /** Other claims that must have exactly this text, such as Microsoft's `{ appid: "0bf30f3b-…" }`. */
  readonly claims?: Readonly<Record<string, string>>;
  /** True where the issuer makes tokens for nobody but itself, under keys of its own: then it is the identity. Default false. */
  readonly soleIssuer?: boolean;
  /** The token's type: `typ` must be this. Default: `"JWT"`, or not there at all. */
  readonly type?: string;
  /** Whether `exp` must be there; default true, and false with a `maxAge` or a body's hash. Where it is there, it counts. */
  readonly expires?: boolean;
  /** How far the sender's clock may be off, for `exp`, `nbf` and `iat`. @default "1m" */
  readonly clockTolerance?: Duration;
  /** How old it may be by `iat`, which must then be there: the scheme's time, for which the verifier's `tolerance` counts. */
  readonly maxAge?: Duration;
  /** The claim that binds the token to the body. Without it, the token proves who called and nothing of what was sent. */
  readonly bodyHash?: BodyHash;
  /** A claim that binds the token to the head. */
  readonly headHash?: HeadHash;
  /** The claim that says which key to look up, where that is not the header's `kid`: Atlassian's `"iss"`. */
  readonly keyIdClaim?: string;
  /** For people, in listings. */
  readonly description?: string;
}

const KEYS: KeysOf<JwtOptions> = {
  header: "optional",
  prefix: "optional",
  algorithms: "required",
  issuer: "optional",
  audience: "optional",
  subject: "optional",
  email: "optional",
  claims: "optional",
  soleIssuer: "optional",
  type: "optional",
  expires: "optional",
  clockTolerance: "optional",
  maxAge: "optional",
  bodyHash: "optional",
  headHash: "optional",
  keyIdClaim: "optional",
  description: "optional",
};

/** The options with their defaults, checked. */
export interface JwtSettings {
  readonly algorithms: readonly Algorithm[];
  /** What each claim must be; any of the list. */
  readonly pins: readonly Pin[];
  /** For `typ`. */
  readonly types: readonly [string];
  readonly typed: boolean;
  readonly expires: boolean;
  /** Milliseconds. */
  readonly clockTolerance: number;
  readonly maxAge: Duration | undefined;
  readonly bodyHash: BodyHash | undefined;
  readonly headHash: HeadHash | undefined;
  readonly keyIdClaim: string | undefined;
}

/** A claim, and what it may be. */
export interface Pin {
  readonly claim: string;
  readonly values: readonly string[];
}

/** @throws ConfigurationError */
export function checkJwt(options: JwtOptions): JwtSettings {
  checkOptions(options, KEYS, "jwt");
  const { maxAge, bodyHash, headHash, keyIdClaim, type, clockTolerance = "1m" } = options;
  const algorithms = checkAlgorithms(options.algorithms, "jwt.algorithms");
  const expires = options.expires ?? (maxAge === undefined && bodyHash === undefined);
  checkBoolean(expires, "jwt.expires");
  if (options.soleIssuer !== undefined) checkBoolean(options.soleIssuer, "jwt.soleIssuer");
  if (maxAge !== undefined) parseDuration(maxAge, "jwt.maxAge", 1);
  if (type !== undefined) checkText(type, "jwt.type");
  if (keyIdClaim !== undefined) checkText(keyIdClaim, "jwt.keyIdClaim");
  if (bodyHash !== undefined) {
    checkKeys(bodyHash, ["claim", "encoding"], "jwt.bodyHash");
    checkText(bodyHash.claim, "jwt.bodyHash.claim");
    checkChoice(bodyHash.encoding, "jwt.bodyHash.encoding", ["hex", "base64", "base64url"]);
  }
  if (headHash !== undefined) {
    checkKeys(headHash, ["claim", "text"], "jwt.headHash");
    checkText(headHash.claim, "jwt.headHash.claim");
    checkFunction(headHash.text, "jwt.headHash.text");
  }
  const pins = pinsOf(options);
  if (!isShared(algorithms) && bodyHash === undefined) checkIdentity(options);
  return {
    algorithms,
    pins,
    types: [type ?? "JWT"],
    typed: type !== undefined,
    expires,
    clockTolerance: parseDuration(clockTolerance, "jwt.clockTolerance", 0),
    maxAge,
    bodyHash,
    headHash,
    keyIdClaim,
  };
}

function pinsOf({ issuer, audience, subject, email, claims = {} }: JwtOptions): readonly Pin[] {
  checkKeys(claims, Object.keys(claims), "jwt.claims");
  const named = { iss: issuer, aud: audience, sub: subject, email };
  const option: Record<string, string> = { iss: "issuer", aud: "audience", sub: "subject", email: "email" };
  const pins: Pin[] = [];
  for (const [claim, values] of Object.entries(named)) {
    if (values === undefined) continue;
    const path = `jwt.${option[claim]}`;
    const list = typeof values === "string" ? [values] : values;
    if (!Array.isArray(list) || list.length === 0)
      throw new ConfigurationError(path, `${path} must be a text, or a list of texts that is not empty.`);
    pins.push({ claim, values: Object.freeze(list.map((value, index) => checkText(value, `${path}[${index}]`))) });
  }
  for (const [claim, value] of Object.entries(claims)) {
    if (claim in named || claim === "email_verified")
      throw new ConfigurationError(
        `jwt.claims.${claim}`,
        `jwt.claims.${claim} has an option of its own: ${option[claim] ?? "email"}.`,
      );
    pins.push({ claim, values: [checkText(value, `jwt.claims.${claim}`)] });
  }
  return pins;
}

/** An issuer makes tokens for everybody, and everybody can name your audience when he asks for one. */
function checkIdentity({ issuer, audience, subject, email, claims = {}, soleIssuer }: JwtOptions): void {
  const lacking =
    issuer === undefined
      ? "issuer"
      : audience === undefined
        ? "audience"
        : subject === undefined && email === undefined && Object.keys(claims).length === 0 && soleIssuer !== true
          ? "subject"
          : undefined;
  if (lacking === undefined) return;
  const how =
    lacking === "subject"
      ? "Pin subject, email or another claim of the sender's own; or say soleIssuer: true, where the issuer makes tokens for nobody else."
      : `Pin jwt.${lacking} too.`;
  throw new ConfigurationError(
    `jwt.${lacking}`,
    `jwt would take a token that was made for somebody else: whoever has an account with the issuer can have one made for your audience. ${how}`,
  );
}
