import { ConfigurationError } from "../errors/errors.ts";
import type { Secret, Secrets } from "../scheme/secret.ts";
import type { Key, KeyMaker } from "./keys.ts";
import { checkSecret, MAX_SECRETS, type NotSecret, secretList } from "./secrets.ts";

/** Makes keys of secrets, and keeps those of looked-up ones, so that a tenant's second request prepares nothing. */
export class KeyRing {
  readonly #make: KeyMaker;
  readonly #others: readonly NotSecret[];
  readonly #size: number;
  readonly #kept = new Map<string, Key>();

  /**
   * @param others what is no secret of this provider
   * @param size so many looked-up keys are kept; beyond, the oldest goes
   */
  constructor(make: KeyMaker, others: readonly NotSecret[] = [], size = 1024) {
    this.#make = make;
    this.#others = others;
    this.#size = size;
  }

  /** The keys of secrets that never change. @throws ConfigurationError */
  make(secrets: Secrets): readonly Key[] {
    return secretList(secrets, this.#others).map(this.#make);
  }

  /**
   * The keys of secrets that were looked up for one request. One that cannot be right is passed over, so that a tenant's
   * mistake in a rotation does not stop the others.
   *
   * @param passedOver told of each
   * @throws ConfigurationError where none is left
   */
  find(secrets: Secrets, passedOver?: (mistake: unknown) => void): readonly Key[] {
    if (!Array.isArray(secrets)) return [this.#find(secrets as Secret)];
    const keys: Key[] = [];
    const mistakes: unknown[] = [];
    for (const secret of secrets as readonly Secret[]) {
      try {
        keys.push(this.#find(secret));
      } catch (error) {
        mistakes.push(error);
      }
    }
    if (keys.length > 0 && keys.length <= MAX_SECRETS) {
      if (passedOver !== undefined) for (const mistake of mistakes) passedOver(mistake);
      return keys;
    }
    throw mistakes[0] ?? new ConfigurationError("secret", `secret lists none, or more than ${MAX_SECRETS} secrets.`);
  }

  #find(secret: Secret): Key {
    checkSecret(secret, this.#others);
    if (typeof secret !== "string") return this.#make(secret);
    let key = this.#kept.get(secret);
    if (key === undefined) {
      key = this.#make(secret);
      if (this.#kept.size >= this.#size) this.#kept.delete(this.#kept.keys().next().value as string);
      this.#kept.set(secret, key);
    }
    return key;
  }
}
