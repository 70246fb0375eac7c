import { table } from "@countersign/core/checks";
import type { KeyType } from "../der/public-key.ts";

/** What an algorithm of JSON Web Signatures is to Web Cryptography (RFC 7518, 3.1; RFC 8037; RFC 9864). `none` is not one. */
export interface AlgorithmRow {
  /** The keys that it takes; `secret` is a shared one. */
  readonly key: KeyType | "secret";
  /** True where sources of keys do not know it by this name: they are asked by the key's name alone. */
  readonly unlisted?: true;
  /** For `crypto.subtle.verify`, and for importing a shared secret. */
  readonly with: {
    readonly name: string;
    readonly hash?: string;
    /** Bytes; the hash's own length (RFC 7518, 3.5). */
    readonly saltLength?: number;
  };
}

const pkcs1 = { key: "RSA", with: { name: "RSASSA-PKCS1-v1_5" } } as const;
const ed25519 = { key: "Ed25519", with: { name: "Ed25519" } } as const;

const rows = table({
  RS256: pkcs1, // The key itself knows its hash.
  RS384: { ...pkcs1, unlisted: true },
  RS512: pkcs1,
  PS256: { key: "RSA", with: { name: "RSA-PSS", saltLength: 32 } },
  PS384: { key: "RSA", with: { name: "RSA-PSS", saltLength: 48 }, unlisted: true },
  PS512: { key: "RSA", with: { name: "RSA-PSS", saltLength: 64 } },
  ES256: { key: "P-256", with: { name: "ECDSA", hash: "SHA-256" } },
  ES384: { key: "P-384", with: { name: "ECDSA", hash: "SHA-384" } },
  ES512: { key: "P-521", with: { name: "ECDSA", hash: "SHA-512" }, unlisted: true },
  EdDSA: ed25519,
  Ed25519: ed25519,
  HS256: { key: "secret", with: { name: "HMAC", hash: "SHA-256" } },
  HS384: { key: "secret", with: { name: "HMAC", hash: "SHA-384" } },
  HS512: { key: "secret", with: { name: "HMAC", hash: "SHA-512" } },
} as const satisfies Record<string, AlgorithmRow>);

/** An algorithm by its name in `alg`: those of RFC 7518, 8037 and 9864, without `none`. */
export type Algorithm = keyof typeof rows;

/** Every algorithm by its name. */
export const ALGORITHMS: Readonly<Record<Algorithm, AlgorithmRow>> = rows;
