/** A new secret in the form that a provider reads. */
export interface MadeSecret {
  readonly secret: string;
  /** For signatures by a private key: what the receiver holds. The secret is then the sender's. */
  readonly publicKey?: string;
}
