import { platform } from "#crypto";
import { adopt, andThen, guarded, isPromise, type MaybePromise } from "../lib/promises.ts";
import type { ReplayKey } from "./name.ts";
import { give, type ReplayNotice } from "./notice.ts";
import type { ReplaySettings } from "./settings.ts";
import type { ClaimState, InspectableReplayStore, Inspection, ReplayOperations } from "./store.ts";
import { type Operation, StoreQuestion } from "./store-question.ts";

// A token per claim costs a counter; what makes it unique among processes is drawn once.
let prefix: string | undefined;
let count = 0;

function nextToken(): string {
  prefix ??= platform.nonce();
  count = (count + 1) % Number.MAX_SAFE_INTEGER;
  return `${prefix}.${count.toString(36)}`;
}

type Settlement = "commit" | "release";

/** Parts a token's body from the rest. */
const BODY = "~";
const SETTLED = { commit: "committed", release: "released" } as const;
const STATES: ReadonlySet<unknown> = new Set<ClaimState>(["new", "busy", "done", "full"]);
/** Leases that a handler which never ends holds its claim for. */
const MOST_LEASES = 60;
/** How soon an operation that failed is tried again, in milliseconds. */
const AGAIN = 1_000;

/** Our hold on one delivery, from the moment it was taken until it is settled. */
export class Claim extends StoreQuestion {
  /** What the body is known by, where somebody wants to be told of another under the same id. */
  readonly #body: string | undefined;
  /** When it was taken; NaN before it is. */
  #since = Number.NaN;
  /** Whether it counts as held. */
  #working = false;
  #settled: Settlement | undefined = undefined;
  #lost = false;
  /** When the handler that holds it is given up; NaN while nobody holds it. */
  #holdUntil = Number.NaN;
  #due: (() => void) | undefined = undefined;
  /** When the store would free it, as far as we know. */
  #leasedUntil = 0;
  /** An extension that is waited for. */
  #extending: Promise<boolean | undefined> | undefined = undefined;
  #aborting: AbortController | undefined = undefined;

  /** @param body a digest of the body alone, for `different` */
  constructor(name: ReplayKey, settings: ReplaySettings, body?: string) {
    super(name, body === undefined ? nextToken() : `${nextToken()}${BODY}${body}`, settings);
    this.#body = body;
  }

  /** Ends when the claim is lost: whoever still works on the delivery should stop. */
  get signal(): AbortSignal {
    this.#aborting ??= new AbortController();
    if (this.#lost) this.#aborting.abort();
    return this.#aborting.signal;
  }

  /** Takes the key. `"failed"` when the store did not say. */
  take(): MaybePromise<ClaimState | "failed"> {
    const { clock, witness } = this.settings;
    if (witness.watches) {
      const seen = witness.due(clock.now());
      if (seen !== undefined) new Claim(seen, this.settings).#lookForLoss();
    }
    return andThen(this.#claim(), (state) => {
      if (state === "new") this.#held();
      else if (state === "done" || state === "busy") this.#known(state);
      return state;
    });
  }

  commit(): MaybePromise<boolean> {
    return this.#settle("commit");
  }

  release(): MaybePromise<boolean> {
    return this.#settle("release");
  }

  extend(): MaybePromise<boolean> {
    return andThen(this.#extend(), (ours) => ours === true);
  }

  /** Extends the claim for as long as the handler works: ended by `commit` and `release`, and after sixty leases. */
  hold(): void {
    const { lease } = this.settings;
    if (this.#due !== undefined || this.#settled !== undefined) return;
    this.#holdUntil = this.#now() + MOST_LEASES * lease;
    this.#due = () => this.#holdOn();
    this.settings.holds.add(this.#due);
  }

  /** Nobody waits for the handler any more: it is held for so long at most. */
  holdFor(milliseconds: number): void {
    this.#holdUntil = Math.min(this.#holdUntil, this.#now() + milliseconds);
  }

  #holdOn(): void {
    if (this.#isHeld()) this.#extendHeld();
    else this.#expire();
  }

  #extendHeld(): void {
    andThen(this.#extend(), (ours) => {
      if (!this.#isHeld()) return this.#expire();
      // A store that hangs is asked again when a third of the lease has gone; one that fails may answer in a moment.
      if (ours === undefined && this.failure === "failed") this.#later(() => this.#holdOn());
      else this.settings.holds.add(this.#due as () => void);
    });
  }

  /** Its handler has not ended in all that time, and the store will free it with its lease. */
  #expire(): void {
    if (!this.#working) return;
    this.#dropped();
    this.#notice("expired");
  }

  #isHeld(): boolean {
    return this.#settled === undefined && !this.#lost && this.#now() < this.#holdUntil;
  }

  #extend(): MaybePromise<boolean | undefined> {
    if (this.#settled !== undefined || this.#lost) return false;
    if (this.#extending !== undefined) return this.#extending;
    const ours = this.ask<boolean>("extend");
    if (!isPromise(ours)) return this.#extended(ours);
    // Waited for no longer than the store may take: the next one is a new try.
    this.#extending = ours.then((value) => {
      this.#extending = undefined;
      return this.#extended(value);
    });
    return this.#extending;
  }

  #held(): void {
    this.#since = this.#now();
    this.#working = true;
    this.settings.load.held++;
    this.#notice("claimed");
  }

  /** Nobody works on it here any more. */
  #dropped(): void {
    if (this.#working) this.settings.load.held--;
    this.#working = false;
  }

  /** Somebody handles it, or has: with this body, or with another under the same id? */
  #known(state: "done" | "busy"): void {
    this.#notice(state === "done" ? "duplicate" : "busy");
    const { store } = this.settings;
    if (this.#body === undefined || !isInspectable(store)) return;
    const compare = (known: Inspection | undefined): void => {
      const other = known?.token?.split(BODY)[1];
      if (other !== undefined && other !== this.#body) this.report("claim", "different");
    };
    // Nobody waits for it, and where the store cannot say there is nothing to tell.
    guarded(
      () => andThen(adopt(store.inspect(this.name.first.stored)), compare),
      () => {},
    );
  }

  #notice(what: ReplayNotice["what"]): void {
    const { provider, verifier } = this.settings;
    give(() => ({
      what,
      provider,
      verifier,
      key: this.key,
      ...(Number.isNaN(this.#since) ? {} : { age: this.#now() - this.#since }),
      held: this.settings.load.held,
    }));
  }

  #claim(): MaybePromise<ClaimState | "failed"> {
    return andThen(this.ask<ClaimState>("claim"), (state) => this.#stateOf(state));
  }

  #stateOf(state: ClaimState | undefined): ClaimState | "failed" {
    if (state === "new") this.#leased();
    if (STATES.has(state)) return state as ClaimState;
    if (state !== undefined)
      this.report("claim", "failed", new TypeError("The store answered a claim with something that is no state."));
    return "failed";
  }

  #extended(ours: boolean | undefined): boolean | undefined {
    if (ours === undefined) return undefined;
    if (ours) {
      this.#leased();
      this.#notice("extended");
    }
    // A pool has many connections: it was overtaken by the release, and holds now what nobody would settle.
    if (ours && this.#settled === "release") this.giveBack();
    if (!ours && this.#settled === undefined && !this.#lost) this.#lose("extend");
    return ours;
  }

  #lose(operation: Operation): void {
    this.#lost = true;
    this.#dropped();
    this.#notice("lost");
    this.report(operation, "lost");
    this.#aborting?.abort();
  }

  #settle(operation: Settlement): MaybePromise<boolean> {
    if (this.#settled !== undefined) return false;
    this.#settled = operation;
    this.#letGo();
    this.#dropped();
    const ours = this.ask<boolean>(operation);
    if (!isPromise(ours)) return this.#ended(operation, ours);
    return ours.then((value) => {
      if (value === true && operation === "commit") this.#witnessed();
      return this.#ended(operation, value);
    });
  }

  /** The handler has ended: nothing holds the claim any more, also where the store does not hear of the end. */
  #letGo(): void {
    if (this.#due !== undefined) this.settings.holds.delete(this.#due);
    this.#due = undefined;
    this.#holdUntil = Number.NaN;
  }

  #witnessed(): void {
    const { witness, clock, ttl } = this.settings;
    witness.committed(this.name, clock.now(), ttl);
  }

  #ended(operation: Settlement, ours: boolean | undefined): boolean {
    if (ours === undefined) {
      // The store did not say. It can be settled again by hand, and is by itself for as long as the lease lasts.
      this.#settled = undefined;
      this.#settleLater(operation);
    }
    if (ours === false && operation === "commit") this.#lose("commit");
    if (ours === true) this.#notice(SETTLED[operation]);
    return ours === true;
  }

  #settleLater(operation: Settlement): void {
    if (this.#now() >= this.#leasedUntil) return;
    this.#later(() => {
      if (this.#settled !== undefined || this.#lost) return;
      andThen(this.ask<boolean>(operation, "quietly"), (ours) => {
        if (this.#settled !== undefined) return;
        if (ours === undefined) return this.#settleLater(operation);
        this.#settled = operation;
        if (ours) this.#notice(SETTLED[operation]);
        if (operation !== "commit") return;
        if (ours) this.#witnessed();
        else this.#lose("commit");
      });
    });
  }

  /** What we may hold, and nobody would settle. */
  protected override giveBack(): void {
    this.#settled = "release";
    this.ask("release", "quietly");
  }

  /** Asks for a key that the store has acknowledged as done. One that it does not know is lost, and others with it. */
  #lookForLoss(): void {
    const { witness, clock } = this.settings;
    const found = (state: ClaimState | "failed"): void => {
      const lost = state === "new" || state === "busy";
      witness.answered(lost ? "lost" : state === "done" ? "kept" : "unknown", clock.now());
      if (lost) this.report("commit", "forgotten");
      if (state === "new") this.commit();
    };
    andThen(this.#claim(), found);
  }

  /** An answer that nobody waited for. */
  protected override answeredLate(operation: Operation, value: ClaimState | boolean): void {
    // The request was answered without it: let the provider's retry in.
    if (operation === "claim" && value === "new") this.giveBack();
    if (operation === "extend") this.#extended(value as boolean);
    if (operation === "commit" && value === true && this.#settled === undefined) {
      this.#settled = "commit";
      this.#witnessed();
    }
  }

  #leased(): void {
    this.#leasedUntil = this.#now() + this.settings.lease;
  }

  #now(): number {
    const { clock } = this.settings;
    return clock.monotonic?.() ?? clock.now();
  }

  /** In a moment; a process that has nothing else to do does not wait for it. */
  #later(work: () => void): void {
    const timer = this.settings.clock.setTimeout(work, AGAIN);
    (timer as { unref?: () => void } | undefined)?.unref?.();
  }
}

function isInspectable(store: ReplayOperations): store is InspectableReplayStore {
  return typeof (store as Partial<InspectableReplayStore>).inspect === "function";
}
