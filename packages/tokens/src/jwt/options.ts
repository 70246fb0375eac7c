import { type Duration, parseDuration } from "@countersign/core";
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
import { checkIdentity, type Identity, type Pin, pinsOf } from "./pins.ts";

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
  /** Makes the text whose hash must stand in the claim. */
  readonly text: (head: {
    /** In upper case, such as `"POST"`: the provider's first where the request says none. */
    readonly method: string;
    /** The public URL: path and query, and the origin where the verifier knows it. */
    readonly url: string;
  }) => string;
}

/** What a genuine token is, for {@link jwt}. */
export interface JwtOptions extends Identity {
  /** The header that carries it; default `"authorization"`. */
  readonly header?: string;
  /** What precedes the token, blank included; default `"Bearer "` in `authorization`, and nothing elsewhere. */
  readonly prefix?: string;
  /** The only algorithms that are taken: either public-key ones or, for a shared secret, `HS…`. */
  readonly algorithms: readonly Algorithm[];
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
  /** How it proves, in listings of schemes; default a phrase for all such. */
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
