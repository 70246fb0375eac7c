import { ConfigurationError } from "@countersign/core";
import { type Verify, verifyWith } from "@countersign/core/asymmetric";
import type { MaybePromise, Secret } from "@countersign/core/scheme";
import { ASYMMETRIC, type AsymmetricSignature, type SignatureAlgorithm } from "./algorithms.ts";
import { keyIdOf } from "./jwk.ts";
import { type SharedSecretFormat, sharedSecret } from "./shared-secret.ts";
import { thumbprint } from "./thumbprint.ts";

/** Whether a signature was made over a text of ASCII. */
export type VerifyText = (text: string, signature: Uint8Array) => MaybePromise<boolean>;

/** A key that may have made a signature, and what it may have made it with. */
export interface VerifyingKey {
  /** The name that it gives itself (`kid`); absent for keys without one, which are tried whatever `keyid` says. */
  readonly keyId: string | undefined;
  /** Each algorithm that it serves, of those that are allowed. */
  readonly algorithms: ReadonlyMap<SignatureAlgorithm, VerifyText>;
  /** The name that it has by its bytes; a shared secret has none. */
  thumbprint(): MaybePromise<string | undefined>;
}

/** What a scheme says of its keys. */
export interface KeyRules {
  /** The algorithms that are allowed: `hmac-sha256` alone, or others without it. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** How a shared secret is written. */
  readonly secretFormat: SharedSecretFormat;
}

/** Prepares a key. @throws ConfigurationError for one that serves none of the algorithms */
export function verifyingKey(secret: Secret, { algorithms, secretFormat }: KeyRules): VerifyingKey {
  if (algorithms.includes("hmac-sha256")) {
    const key = sharedSecret(secret, secretFormat);
    return { keyId: undefined, algorithms: new Map([["hmac-sha256", key.verify]]), thumbprint: () => undefined };
  }
  const usable = new Map<SignatureAlgorithm, VerifyText>();
  let why: unknown;
  for (const algorithm of algorithms as readonly AsymmetricSignature[]) {
    try {
      usable.set(algorithm, overText(verifyWith(secret, { algorithm: ASYMMETRIC.get(algorithm) as "ed25519" })));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      why ??= error;
    }
  }
  if (usable.size === 0) throw noUse(secret, algorithms, why);
  let own: MaybePromise<string> | undefined;
  return {
    keyId: keyIdOf(secret),
    algorithms: usable,
    thumbprint() {
      own ??= thumbprint(secret);
      return own;
    },
  };
}

/** What is wrong with the key itself; or, where nothing is, that it is one for other algorithms. */
function noUse(secret: Secret, algorithms: readonly SignatureAlgorithm[], why: unknown): unknown {
  try {
    thumbprint(secret);
  } catch (error) {
    return error;
  }
  if (algorithms.length === 1) return why;
  return new ConfigurationError("secret", `secret is a key for none of the algorithms ${algorithms.join(", ")}.`);
}

const encoder = new TextEncoder();

function overText(verify: Verify): VerifyText {
  return (text, signature) => verify(encoder.encode(text), signature);
}
