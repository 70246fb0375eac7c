import type { MaybePromise } from "../lib/promises.ts";
import type { AsymmetricAlgorithm, SignatureForm } from "../scheme/algorithms.ts";
import type { Content } from "./shape.ts";

/** Whether the signature was made over the content by the key's other half. One of a wrong form is just not. */
export type VerifyContent = (content: Content, signature: Uint8Array) => MaybePromise<boolean>;

/** The signature over the content. */
export type SignContent = (content: Content) => MaybePromise<Uint8Array>;

/**
 * Prepares a public key, once. It is never in `Platform`: what only uses MACs must not carry this.
 *
 * @param spki as `readPublicKey` writes it: checked, and for this algorithm
 */
export type MakeVerify = (algorithm: AsymmetricAlgorithm, form: SignatureForm, spki: Uint8Array) => VerifyContent;

/**
 * Prepares a private key, once.
 *
 * @param pkcs8 as `readPrivateKey` writes it: checked, and for this algorithm
 */
export type MakeSign = (algorithm: AsymmetricAlgorithm, form: SignatureForm, pkcs8: Uint8Array) => SignContent;
