import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import { adopt, isPromise, type Maybe } from "../lib/promises.ts";
import { within } from "../time/clock.ts";
import type { ReplaySettings, StoreFailure } from "./settings.ts";
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
  private readonly token = nextToken();
  private readonly settings: ReplaySettings;
  private settled: "commit" | "release" | undefined = undefined;
  private lost = false;
  private extensions = 0;
  private due: (() => void) | undefined = undefined;
  /** An extension that the store has not answered yet. */
  private extending: Promise<boolean> | undefined = undefined;

  constructor(key: string, settings: ReplaySettings) {
    this.key = key;
    this.settings = settings;
  }

  /** Takes the key. `"failed"` when the store did not say. */
  take(): Maybe<ClaimState | "failed"> {
    const { clock, witness } = this.settings;
    if (witness.watches) {
      const seen = witness.due(clock.now());
      if (seen !== undefined) new Claim(seen, this.settings).lookForLoss();
    }
    return this.claim();
  }

  commit(): Maybe<boolean> {
    return this.settle("commit");
  }

  release(): Maybe<boolean> {
    return this.settle("release");
  }

  extend(): Maybe<boolean> {
    if (this.settled !== undefined || this.lost) return false;
    // One that hangs is not joined by more of them: they would wait in the client without a bound.
    if (this.extending !== undefined) return this.extending;
    const ours = this.ask<boolean>("extend");
    if (!isPromise(ours)) return this.extended(ours);
    this.extending = ours.then((value) => this.extended(value));
    return this.extending;
  }

  /** Extends the claim for as long as the handler works: ended by `commit` and `release`, and after sixty leases. */
  hold(): void {
    if (this.due !== undefined || this.settled !== undefined) return;
    this.due = () => this.holdOn();
    this.settings.holds.add(this.due);
  }

  private holdOn(): void {
    const again = (): void => {
      if (++this.extensions >= EXTENSIONS || this.settled !== undefined || this.lost) return;
      this.settings.holds.add(this.due as () => void);
    };
    const extended = this.extend();
    if (isPromise(extended)) extended.then(again);
    else again();
  }

  private claim(): Maybe<ClaimState | "failed"> {
    const state = this.ask<ClaimState>("claim");
    return isPromise(state) ? state.then((value) => this.known(value)) : this.known(state);
  }

  private known(state: ClaimState | undefined): ClaimState | "failed" {
    if (STATES.has(state)) return state as ClaimState;
    if (state !== undefined)
      this.report("claim", "failed", new TypeError("The store answered a claim with something that is no state."));
    return "failed";
  }

  private extended(ours: boolean | undefined): boolean {
    if (ours === undefined) return false;
    // A pool has many connections: it was overtaken by the release, and holds now what nobody would settle.
    if (ours && this.settled === "release") this.giveBack();
    if (!ours && this.settled === undefined && !this.lost) {
      this.lost = true;
      this.report("extend", "lost");
    }
    return ours;
  }

  private settle(operation: "commit" | "release"): Maybe<boolean> {
    if (this.settled !== undefined) return false;
    this.settled = operation;
    if (this.due !== undefined) this.settings.holds.delete(this.due);
    const ours = this.ask<boolean>(operation);
    if (!isPromise(ours)) return this.ended(operation, ours);
    return ours.then((value) => {
      const { witness, clock, ttl } = this.settings;
      if (value === true && operation === "commit") witness.committed(this.key, clock.now(), ttl);
      return this.ended(operation, value);
    });
  }

  private ended(operation: "commit" | "release", ours: boolean | undefined): boolean {
    if (ours === false && operation === "commit") this.report("commit", "lost");
    return ours === true;
  }

  private giveBack(): void {
    this.settled = "release";
    this.ask("release");
  }

  /** Asks for a key that the store has acknowledged as done. One that it does not know is lost, and others with it. */
  private lookForLoss(): void {
    const { witness, clock } = this.settings;
    const found = (state: ClaimState | "failed"): void => {
      const lost = state === "new" || state === "busy";
      witness.answered(lost ? "lost" : state === "done" ? "kept" : "unknown", clock.now());
      if (lost) this.report("commit", "forgotten");
      if (state === "new") this.commit();
    };
    const state = this.claim();
    if (isPromise(state)) state.then(found);
    else found(state);
  }

  private perform(operation: Operation): unknown {
    const { store, lease, ttl } = this.settings;
    switch (operation) {
      case "claim":
        return store.claim(this.key, this.token, lease);
      case "commit":
        return store.commit(this.key, this.token, ttl);
      case "release":
        return store.release(this.key, this.token);
      case "extend":
        return store.extend(this.key, this.token, lease);
    }
  }

  /** Asks the store and waits a bounded time; undefined when it failed, which is reported. */
  private ask<T extends ClaimState | boolean>(operation: Operation): Maybe<T | undefined> {
    const { load } = this.settings;
    // Only what asks for more is refused. To settle what is held makes the load smaller.
    if (load.waiting >= load.most && (operation === "claim" || operation === "extend"))
      return this.failed(operation, "overload");
    let answer: Maybe<unknown>;
    try {
      answer = adopt(this.perform(operation));
    } catch (cause) {
      return this.failed(operation, "failed", cause);
    }
    if (isPromise(answer)) return this.wait(operation, answer as Promise<T>);
    // It answered nothing at all, as a failure does.
    return answer === undefined ? this.failed(operation, "failed", NO_ANSWER) : (answer as T);
  }

  private wait<T extends ClaimState | boolean>(operation: Operation, answer: Promise<T>): Promise<T | undefined> {
    const { clock, load, wait } = this.settings;
    load.waiting++;
    let late = false;
    const answered = (value?: T): void => {
      load.waiting--;
      if (operation === "extend") this.extending = undefined;
      if (late && value !== undefined) this.late(operation, value);
    };
    answer.then(answered, () => answered());
    return within<T | undefined>(clock, wait, answer, () => {
      late = true;
      return this.failed(operation, "timeout");
    }).then(
      (value) => (value === undefined && !late ? this.failed(operation, "failed", NO_ANSWER) : value),
      (cause) => this.failed(operation, "failed", cause),
    );
  }

  /** An answer that nobody waited for. */
  private late(operation: Operation, value: ClaimState | boolean): void {
    // The request was answered without it: let the provider's retry in.
    if (operation === "claim" && value === "new") this.giveBack();
    if (operation === "extend") this.extended(value as boolean);
  }

  private failed(operation: Operation, reason: StoreFailure["reason"], cause?: unknown): undefined {
    this.settings.witness.suspect();
    this.report(operation, reason, cause);
    return undefined;
  }

  report(operation: Operation, reason: StoreFailure["reason"], cause?: unknown): void {
    const failure: StoreFailure = { operation, key: this.key, reason, ...(cause === undefined ? {} : { cause }) };
    if (isObserved("store")) publish("store", failure);
    notify(this.settings.onFailure, failure);
  }
}

/** Calls a user's listener; nothing that it does changes an answer. */
export function notify<A extends unknown[]>(listener: ((...args: A) => unknown) | undefined, ...args: A): void {
  if (listener === undefined) return;
  try {
    const result = adopt(listener(...args));
    if (isPromise(result)) result.then(undefined, () => {});
  } catch {
    // It is theirs; the answer stands.
  }
}

const NO_ANSWER = new TypeError("The store answered nothing.");
