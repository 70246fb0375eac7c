/** A secret as a provider shows it: text, or bytes. */
export type Secret = string | Uint8Array;

/** A secret, or several during a rotation: any may verify, the first signs. */
export type Secrets = Secret | readonly Secret[];

/** Which key a request says that it was signed with. Its sender wrote it, and nothing of it is proven. */
export interface KeyWanted {
  /** The key's name, such as a JWT's `kid`. */
  readonly keyId?: string;
  /** Its algorithm in the words of the request, such as `"ES256"`: never let it choose how a key is used. */
  readonly algorithm?: string;
  /** Where the request says that its key or certificate is published: compare it, never fetch it as it is. */
  readonly url?: string;
}
