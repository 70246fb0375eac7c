import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import { notify } from "../lib/notify.ts";
import { adopt, andThen, isPromise, type MaybePromise } from "../lib/promises.ts";
import { within } from "../time/clock.ts";
import type { StoreFailure } from "./options.ts";
import type { ReplaySettings } from "./settings.ts";
import type { ClaimState } from "./store.ts";

// A token per claim costs a counter; what makes it unique among processes is drawn once.
let prefix: string | undefined;
let count = 0;

function nextToken(): string {
  prefix ??= platform.nonce();
  count = (count + 1) % Number.MAX_SAFE_INTEGER;
  return `${prefix}.${count.toString(36)}`;
}

type Operation = StoreFailure["operation"];

const STATES: ReadonlySet<unknown> = new Set<ClaimState>(["new", "busy", "done", "full"]);
/** Thirds of a lease, so that a handler which never ends does not hold its claim for ever. */
const EXTENSIONS = 180;

/** Our hold on one key, from the moment it was taken until it is settled. */
export class Claim {
  readonly key: string;
  readonly #token = nextToken();
  readonly #settings: ReplaySettings;
  #settled: "commit" | "release" | undefined = undefined;
  #lost = false;
  #extensions = 0;
  #due: (() => void) | undefined = undefined;
  /** An extension that the store has not answered yet. */
  #extending: Promise<boolean> | undefined = undefined;

  constructor(key: string, settings: ReplaySettings) {
    this.key = key;
    this.#settings = settings;
  }

  /** Takes the key. `"failed"` when the store did not say. */
  take(): MaybePromise<ClaimState | "failed"> {
    const { clock, witness } = this.#settings;
    if (witness.watches) {
      const seen = witness.due(clock.now());
      if (seen !== undefined) new Claim(seen, this.#settings).#lookForLoss();
    }
    return this.#claim();
  }

  commit(): MaybePromise<boolean> {
    return this.#settle("commit");
  }

  release(): MaybePromise<boolean> {
    return this.#settle("release");
  }

  extend(): MaybePromise<boolean> {
    if (this.#settled !== undefined || this.#lost) return false;
    // One that hangs is not joined by more of them: they would wait in the client without a bound.
    if (this.#extending !== undefined) return this.#extending;
    const ours = this.#ask<boolean>("extend");
    if (!isPromise(ours)) return this.#extended(ours);
    this.#extending = ours.then((value) => this.#extended(value));
    return this.#extending;
  }

  /** Extends the claim for as long as the handler works: ended by `commit` and `release`, and after sixty leases. */
  hold(): void {
    if (this.#due !== undefined || this.#settled !== undefined) return;
    this.#due = () => this.#holdOn();
    this.#settings.holds.add(this.#due);
  }

  #holdOn(): void {
    const again = (): void => {
      if (++this.#extensions >= EXTENSIONS || this.#settled !== undefined || this.#lost) return;
      this.#settings.holds.add(this.#due as () => void);
    };
    andThen(this.extend(), again);
  }

  #claim(): MaybePromise<ClaimState | "failed"> {
    return andThen(this.#ask<ClaimState>("claim"), (state) => this.#known(state));
  }

  #known(state: ClaimState | undefined): ClaimState | "failed" {
    if (STATES.has(state)) return state as ClaimState;
    if (state !== undefined)
      this.report("claim", "failed", new TypeError("The store answered a claim with something that is no state."));
    return "failed";
  }

  #extended(ours: boolean | undefined): boolean {
    if (ours === undefined) return false;
    // A pool has many connections: it was overtaken by the release, and holds now what nobody would settle.
    if (ours && this.#settled === "release") this.#giveBack();
    if (!ours && this.#settled === undefined && !this.#lost) {
      this.#lost = true;
      this.report("extend", "lost");
    }
    return ours;
  }

  #settle(operation: "commit" | "release"): MaybePromise<boolean> {
    if (this.#settled !== undefined) return false;
    this.#settled = operation;
    if (this.#due !== undefined) this.#settings.holds.delete(this.#due);
    const ours = this.#ask<boolean>(operation);
    if (!isPromise(ours)) return this.#ended(operation, ours);
    return ours.then((value) => {
      const { witness, clock, ttl } = this.#settings;
      if (value === true && operation === "commit") witness.committed(this.key, clock.now(), ttl);
      return this.#ended(operation, value);
    });
  }

  #ended(operation: "commit" | "release", ours: boolean | undefined): boolean {
    if (ours === false && operation === "commit") this.report("commit", "lost");
    return ours === true;
  }

  #giveBack(): void {
    this.#settled = "release";
    this.#ask("release");
  }

  /** Asks for a key that the store has acknowledged as done. One that it does not know is lost, and others with it. */
  #lookForLoss(): void {
    const { witness, clock } = this.#settings;
    const found = (state: ClaimState | "failed"): void => {
      const lost = state === "new" || state === "busy";
      witness.answered(lost ? "lost" : state === "done" ? "kept" : "unknown", clock.now());
      if (lost) this.report("commit", "forgotten");
      if (state === "new") this.commit();
    };
    andThen(this.#claim(), found);
  }

  #perform(operation: Operation): unknown {
    const { store, lease, ttl } = this.#settings;
    switch (operation) {
      case "claim":
        return store.claim(this.key, this.#token, lease);
      case "commit":
        return store.commit(this.key, this.#token, ttl);
      case "release":
        return store.release(this.key, this.#token);
      case "extend":
        return store.extend(this.key, this.#token, lease);
    }
  }

  /** Asks the store and waits a bounded time; undefined when it failed, which is reported. */
  #ask<T extends ClaimState | boolean>(operation: Operation): MaybePromise<T | undefined> {
    const { load } = this.#settings;
    // Only what asks for more is refused. To settle what is held makes the load smaller.
    if (load.waiting >= load.most && (operation === "claim" || operation === "extend"))
      return this.#failed(operation, "overload");
    let answer: MaybePromise<unknown>;
    try {
      answer = adopt(this.#perform(operation));
    } catch (cause) {
      return this.#failed(operation, "failed", cause);
    }
    if (isPromise(answer)) return this.#wait<T>(operation, answer as Promise<T>);
    // It answered nothing at all, as a failure does.
    return answer === undefined ? this.#failed(operation, "failed", NO_ANSWER) : (answer as T);
  }

  #wait<T extends ClaimState | boolean>(operation: Operation, answer: Promise<T>): Promise<T | undefined> {
    const { clock, load, wait } = this.#settings;
    load.waiting++;
    let late = false;
    const answered = (value?: T): void => {
      load.waiting--;
      if (operation === "extend") this.#extending = undefined;
      if (late && value !== undefined) this.#late(operation, value);
    };
    answer.then(answered, () => answered());
    return within<T | undefined>(clock, wait, answer, () => {
      late = true;
      return this.#failed(operation, "timeout");
    }).then(
      (value) => (value === undefined && !late ? this.#failed(operation, "failed", NO_ANSWER) : value),
      (cause) => this.#failed(operation, "failed", cause),
    );
  }

  /** An answer that nobody waited for. */
  #late(operation: Operation, value: ClaimState | boolean): void {
    // The request was answered without it: let the provider's retry in.
    if (operation === "claim" && value === "new") this.#giveBack();
    if (operation === "extend") this.#extended(value as boolean);
  }

  #failed(operation: Operation, reason: StoreFailure["reason"], cause?: unknown): undefined {
    this.#settings.witness.suspect();
    this.report(operation, reason, cause);
    return undefined;
  }

  report(operation: Operation, reason: StoreFailure["reason"], cause?: unknown): void {
    const failure: StoreFailure = { operation, key: this.key, reason, ...(cause === undefined ? {} : { cause }) };
    if (isObserved("store")) publish("store", failure);
    notify(this.#settings.onFailure, failure);
  }
}

const NO_ANSWER = new TypeError("The store answered nothing.");
