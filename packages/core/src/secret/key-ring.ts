import type { Key, KeyMaker } from "./keys.ts";
import { type Secret, type Secrets, secretList } from "./secrets.ts";

/** Makes keys of secrets, and keeps those of looked-up ones, so that a tenant's second request prepares nothing. */
export class KeyRing {
  readonly #make: KeyMaker;
  readonly #size: number;
  readonly #kept = new Map<string, Key>();

  /** @param size so many looked-up keys are kept; beyond, the oldest goes */
  constructor(make: KeyMaker, size = 1024) {
    this.#make = make;
    this.#size = size;
  }

  /** The keys of secrets that never change. @throws ConfigurationError */
  make(secrets: Secrets): readonly Key[] {
    return secretList(secrets).map(this.#make);
  }

  /** The keys of secrets that were looked up for one request. @throws ConfigurationError */
  find(secrets: Secrets): readonly Key[] {
    return secretList(secrets).map((secret) => this.#find(secret));
  }

  #find(secret: Secret): Key {
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
