import { platform } from "#crypto";
import { isObserved, publish } from "#diagnostics";
import { within } from "../clock.ts";
import { adopt, isPromise, type Maybe } from "../maybe.ts";
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

const STATES: ReadonlySet<unknown> = new Set<ClaimState>(["new", "busy", "done", "full"]);

/** Our hold on one key, from the moment it was taken until it is settled. */
export class Claim {
  readonly key: string;
  private readonly token = nextToken();
  private readonly settings: ReplaySettings;
  private settled: "commit" | "release" | undefined = undefined;
  private lost = false;
  private held = false;
  private timer: unknown = undefined;
  /** An extension that the store has not answered yet. */
  private extending: Promise<boolean> | undefined = undefined;

  constructor(key: string, settings: ReplaySettings) {
    this.key = key;
    this.settings = settings;
  }

  /** Takes the key. `"failed"` when the store did not say. */
  take(): Maybe<ClaimState | "failed"> {
    const { clock, witness } = this.settings;
    const seen = witness.due(clock.now());
    if (seen !== undefined) new Claim(seen, this.settings).lookForLoss();
    return this.claim();
  }

  commit(): Maybe<boolean> {
    return this.settle("commit", () => this.settings.store.commit(this.key, this.token, this.settings.ttl));
  }

  release(): Maybe<boolean> {
    return this.settle("release", () => this.settings.store.release(this.key, this.token));
  }

  extend(): Maybe<boolean> {
    if (this.settled !== undefined || this.lost) return false;
    // One that hangs is not joined by more of them: they would wait in the client without a bound.
    if (this.extending !== undefined) return this.extending;
    const { store, lease } = this.settings;
    const work = (): Maybe<boolean> => {
      const asked = adopt(store.extend(this.key, this.token, lease));
      const answered = () => {
        this.extending = undefined;
      };
      if (isPromise(asked)) asked.then(answered, answered);
      return asked;
    };
    const ours = this.ask("extend", work, undefined, (late) => void this.extended(late));
    if (!isPromise(ours)) return this.extended(ours);
    this.extending = ours.then((value) => this.extended(value));
    return this.extending;
  }

  /**
   * Extends the claim for as long as the handler works: ended by `commit` and `release`, and after sixty leases, so
   * that a handler which never ends does not hold its claim for ever.
   */
  hold(): void {
    if (this.held) return;
    this.held = true;
    this.holdOn(180);
  }

  private holdOn(times: number): void {
    if (times === 0 || this.settled !== undefined || this.lost) return;
    const { clock, lease } = this.settings;
    this.timer = clock.setTimeout(() => {
      const extended = this.extend();
      if (isPromise(extended)) extended.then(() => this.holdOn(times - 1));
      else this.holdOn(times - 1);
    }, lease / 3);
    unref(this.timer);
  }

  private claim(): Maybe<ClaimState | "failed"> {
    const { store, lease } = this.settings;
    const state = this.ask(
      "claim",
      () => store.claim(this.key, this.token, lease),
      "failed",
      (late) => {
        // It came too late for the request, which was answered without it: let the provider's retry in.
        if (late === "new") this.giveBack();
      },
    );
    return isPromise(state) ? state.then((value) => this.known(value)) : this.known(state);
  }

  private known(state: ClaimState | "failed"): ClaimState | "failed" {
    if (state === "failed" || STATES.has(state)) return state;
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

  private settle(operation: "commit" | "release", work: () => Maybe<boolean>): Maybe<boolean> {
    if (this.settled !== undefined) return false;
    this.settled = operation;
    if (this.timer !== undefined) this.settings.clock.clearTimeout(this.timer);
    const ours = this.ask(operation, work, undefined);
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
    this.ask("release", () => this.settings.store.release(this.key, this.token), false);
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

  /** Asks the store, waits a bounded time, and answers `otherwise` when it fails; that is reported. */
  private ask<T, F>(
    operation: StoreFailure["operation"],
    work: () => Maybe<T>,
    otherwise: F,
    whenLate?: (value: T) => void,
  ): Maybe<T | F> {
    const { clock, load, wait, witness } = this.settings;
    const fail = (reason: StoreFailure["reason"], cause?: unknown): F => {
      witness.suspect();
      this.report(operation, reason, cause);
      return otherwise;
    };
    // Only what asks for more is refused. To settle what is held makes the load smaller.
    if (load.waiting >= load.most && (operation === "claim" || operation === "extend")) return fail("overload");
    let answer: Maybe<T>;
    try {
      answer = adopt(work());
    } catch (cause) {
      return fail("failed", cause);
    }
    if (!isPromise(answer)) return answer;
    load.waiting++;
    let late = false;
    answer.then(
      (value) => {
        load.waiting--;
        if (late) whenLate?.(value);
      },
      () => {
        load.waiting--;
      },
    );
    return within<T | F>(clock, wait, answer, () => {
      late = true;
      return fail("timeout");
    }).catch((cause) => fail("failed", cause));
  }

  report(operation: StoreFailure["operation"], reason: StoreFailure["reason"], cause?: unknown): void {
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

/** A timer that only extends a claim keeps no process alive. */
function unref(timer: unknown): void {
  (timer as { unref?: () => void } | undefined)?.unref?.();
}
