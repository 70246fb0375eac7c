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

class Late extends Error {}

/** Our hold on one key, from the moment it was taken until it is settled. */
export class Claim {
  readonly key: string;
  private readonly token = nextToken();
  private readonly settings: ReplaySettings;
  private settled = false;
  private timer: unknown;

  constructor(key: string, settings: ReplaySettings) {
    this.key = key;
    this.settings = settings;
  }

  /** Takes the key. `"failed"` when the store did not say. */
  take(): Maybe<ClaimState | "failed"> {
    return this.ask(
      "claim",
      () => this.settings.store.claim(this.key, this.token, this.settings.lease),
      "failed",
      (state) => {
        // It came too late for the request, which was answered without it: let the provider's retry in.
        if (state === "new") this.settleLate();
      },
    );
  }

  commit(): Maybe<boolean> {
    return this.settle("commit", () => this.settings.store.commit(this.key, this.token, this.settings.ttl));
  }

  release(): Maybe<boolean> {
    return this.settle("release", () => this.settings.store.release(this.key, this.token));
  }

  extend(): Maybe<boolean> {
    if (this.settled) return false;
    return this.ask("extend", () => this.settings.store.extend(this.key, this.token, this.settings.lease), false);
  }

  /**
   * Extends the claim for as long as the handler works: ended by `commit` and `release`, and after sixty leases, so
   * that a handler which never ends does not hold its claim for ever.
   */
  hold(): void {
    const { clock, lease } = this.settings;
    let times = 0;
    const again = () => {
      if (++times > 180) return;
      this.timer = clock.setTimeout(() => {
        const next = () => void (this.settled || again());
        const held = this.extend();
        if (isPromise(held)) held.then(next);
        else next();
      }, lease / 3);
      unref(this.timer);
    };
    again();
  }

  private settle(operation: "commit" | "release", work: () => Maybe<boolean>): Maybe<boolean> {
    if (this.settled) return false;
    this.settled = true;
    if (this.timer !== undefined) this.settings.clock.clearTimeout(this.timer);
    const done = this.ask(operation, work, undefined);
    const check = (ours: boolean | undefined): boolean => {
      if (ours === undefined) return false;
      if (!ours && operation === "commit") this.report("commit", "lost");
      return ours;
    };
    return isPromise(done) ? done.then(check) : check(done);
  }

  private settleLate(): void {
    this.settled = true;
    this.ask("release", () => this.settings.store.release(this.key, this.token), false);
  }

  /** Asks the store, waits a bounded time, and answers `otherwise` when it fails; that is reported. */
  private ask<T, F>(
    operation: StoreFailure["operation"],
    work: () => Maybe<T>,
    otherwise: F,
    whenLate?: (value: T) => void,
  ): Maybe<T | F> {
    const fail = (cause: unknown): F => {
      this.report(operation, cause instanceof Late ? "timeout" : "failed", cause instanceof Late ? undefined : cause);
      return otherwise;
    };
    let answer: Maybe<T>;
    try {
      answer = adopt(work());
    } catch (cause) {
      return fail(cause);
    }
    if (!isPromise(answer)) return answer;
    const { clock, wait } = this.settings;
    let late = false;
    const pending = answer;
    if (whenLate !== undefined)
      pending.then(
        (value) => late && whenLate(value),
        () => {},
      );
    return within<T>(clock, wait, pending, () => {
      late = true;
      throw new Late();
    }).catch(fail);
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
