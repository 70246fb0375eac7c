import { isObserved, publish } from "#diagnostics";
import { notify } from "../lib/notify.ts";
import { adopt, isPromise, type MaybePromise } from "../lib/promises.ts";
import { within } from "../time/clock.ts";
import type { ReplayKey } from "./name.ts";
import type { StoreFailure } from "./options.ts";
import type { ReplaySettings } from "./settings.ts";
import type { ClaimState, Twin } from "./store.ts";

/** What a store is asked to do. */
export type Operation = StoreFailure["operation"];

const NO_ANSWER = new TypeError("The store answered nothing.");

/** Asks the store about one key, within the bounds of time and load, and tells of what fails. */
export abstract class StoreQuestion {
  /** As it is shown in reports. */
  readonly key: string;
  protected readonly name: ReplayKey;
  protected readonly token: string;
  protected readonly settings: ReplaySettings;
  /** How the last operation failed, if one did. */
  protected failure: StoreFailure["reason"] | undefined = undefined;
  /** The twin as the store is told of it. */
  readonly #twin: Twin | undefined;

  constructor(name: ReplayKey, token: string, settings: ReplaySettings) {
    this.key = name.first.shown;
    this.name = name;
    this.token = token;
    this.settings = settings;
    this.#twin = name.twin === undefined ? undefined : { key: name.twin.stored, ttl: settings.ttl };
  }

  /** An answer that nobody waited for. */
  protected abstract answeredLate(operation: Operation, value: ClaimState | boolean): void;
  /** The store may have done what it could not say. */
  protected abstract giveBack(): void;

  #perform(operation: Operation): unknown {
    const { store, lease, ttl } = this.settings;
    const key = this.name.first.stored;
    switch (operation) {
      case "claim":
        return this.#twin === undefined
          ? store.claim(key, this.token, lease)
          : store.claim(key, this.token, lease, this.#twin);
      case "commit":
        return this.#twin === undefined
          ? store.commit(key, this.token, ttl)
          : store.commit(key, this.token, ttl, this.#twin);
      case "release":
        return store.release(key, this.token);
      case "extend":
        return store.extend(key, this.token, lease);
    }
  }

  /** Asks the store and waits a bounded time; undefined when it failed, which is reported. */
  protected ask<T extends ClaimState | boolean>(
    operation: Operation,
    quietly?: "quietly",
  ): MaybePromise<T | undefined> {
    const { load } = this.settings;
    // Only what asks for more is refused. To settle what is held makes the load smaller.
    if (load.waiting >= load.most && (operation === "claim" || operation === "extend"))
      return this.#failed(operation, "overload", undefined, quietly);
    let answer: MaybePromise<unknown>;
    try {
      answer = adopt(this.#perform(operation));
    } catch (cause) {
      return this.#failed(operation, "failed", cause, quietly);
    }
    if (isPromise(answer)) return this.#wait<T>(operation, answer as Promise<T>, quietly);
    // It answered nothing at all, as a failure does.
    return answer === undefined ? this.#failed(operation, "failed", NO_ANSWER, quietly) : (answer as T);
  }

  #wait<T extends ClaimState | boolean>(
    operation: Operation,
    answer: Promise<T>,
    quietly: "quietly" | undefined,
  ): Promise<T | undefined> {
    const { clock, load, wait } = this.settings;
    load.waiting++;
    let late = false;
    const answered = (value?: T): void => {
      load.waiting--;
      if (late && value !== undefined) this.answeredLate(operation, value);
    };
    answer.then(answered, () => answered());
    return within<T | undefined>(clock, wait, answer, () => {
      late = true;
      return this.#failed(operation, "timeout", undefined, quietly);
    }).then(
      (value) => (value === undefined && !late ? this.#failed(operation, "failed", NO_ANSWER, quietly) : value),
      (cause) => {
        // The store may have done what it could not say: a claim that nobody knows of would keep the retry out.
        if (operation === "claim") this.giveBack();
        return this.#failed(operation, "failed", cause, quietly);
      },
    );
  }

  #failed(operation: Operation, reason: StoreFailure["reason"], cause?: unknown, quietly?: "quietly"): undefined {
    this.settings.witness.suspect();
    this.failure = reason;
    if (quietly === undefined) this.report(operation, reason, cause);
    return undefined;
  }

  report(operation: Operation, reason: StoreFailure["reason"], cause?: unknown): void {
    const failure: StoreFailure = { operation, key: this.key, reason, ...(cause === undefined ? {} : { cause }) };
    if (isObserved("store")) publish("store", failure);
    notify(this.settings.onFailure, failure);
  }
}
