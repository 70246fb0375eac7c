import type { ClaimAsk, ClaimedItem, ClaimRef, SenderClock } from "@countersign/sender";

/** Signs of life for so many leases: two may fail. */
const BEATS = 3;

/** Holds claims in the store for `lease` milliseconds more; gives back those that are still held. */
type Extend = (claims: readonly ClaimRef[], lease: number) => Promise<readonly ClaimRef[]>;

interface Held {
  readonly claim: ClaimRef;
  /** Who claimed it: several senders may share an outbox. */
  readonly owner: string | undefined;
  /** Until when it was asked for, by the process's own clock. */
  readonly until: number;
}

/**
 * Short leases, renewed for as long as the caller wants to hold a claim: what a process that died had in hand is free
 * soon, and a slow attempt is not made twice.
 */
export class Heartbeats {
  readonly #lease: number;
  readonly #extend: Extend;
  readonly #clock: SenderClock;
  readonly #held = new Map<string, Held>();
  #beating = false;
  #closed = false;
  #timer: ReturnType<SenderClock["setTimeout"]> | undefined;

  constructor(lease: number, clock: SenderClock, extend: Extend) {
    this.#lease = lease;
    this.#clock = clock;
    this.#extend = extend;
  }

  /** How long the store may hold what is wanted for so long. */
  short(lease: number): number {
    return Math.min(lease, this.#lease);
  }

  /** How often there is a sign of life: who has heard nothing of his claim for longer makes sure of it. */
  get interval(): number {
    return this.#lease / BEATS;
  }

  /** From now on these are renewed, until so many milliseconds from now. */
  hold(claims: readonly ClaimRef[], lease: number, owner?: string): void {
    const until = this.#now() + lease;
    for (const { id, token } of claims) {
      this.#held.set(id, { claim: { id, token }, owner: owner ?? this.#held.get(id)?.owner, until });
    }
    this.#schedule();
  }

  /** The same for items that were just claimed, by what was asked for each endpoint. */
  holdClaimed(items: readonly ClaimedItem[], { owner, room }: ClaimAsk): void {
    const leases = new Map(room.map(({ endpoint, lease }) => [endpoint, lease]));
    for (const item of items) this.hold([item], leases.get(item.endpoint) ?? 0, owner);
  }

  /** No longer ours, whatever becomes of them. */
  drop(ids: Iterable<string>): void {
    for (const id of ids) this.#held.delete(id);
    if (this.#held.size === 0 && !this.#beating) this.#stop();
  }

  /** All of an owner's but these. */
  dropAllBut(owner: string, ids: readonly string[]): void {
    const kept = new Set(ids);
    this.drop([...this.#held].filter(([id, held]) => held.owner === owner && !kept.has(id)).map(([id]) => id));
  }

  /** Nothing more is renewed. */
  close(): void {
    this.#closed = true;
    this.#held.clear();
    this.#stop();
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#held.size === 0 || this.#beating || this.#closed || this.#timer !== undefined) return;
    const timer = this.#clock.setTimeout(() => void this.#beat(), this.interval);
    // Whoever waits for something in hand keeps the process alive himself.
    (timer as { unref?: () => void } | undefined)?.unref?.();
    this.#timer = timer;
  }

  async #beat(): Promise<void> {
    this.#timer = undefined;
    this.#beating = true;
    const now = this.#now();
    this.drop([...this.#held].filter(([, { until }]) => until <= now).map(([id]) => id));
    // By what is left of each, and the least of all in company: a lease is never longer than it was asked for.
    const groups = new Map<number, ClaimRef[]>();
    for (const { claim, until } of this.#held.values()) {
      const lease = this.short(until - now);
      const group = groups.get(lease);
      if (group === undefined) groups.set(lease, [claim]);
      else group.push(claim);
    }
    for (const [lease, claims] of groups) {
      // What fails is asked again at the next beat; who sends makes sure of his claim by himself.
      const still = await this.#extend(claims, lease).catch(() => claims);
      const ours = new Set(still.map(({ id }) => id));
      this.#forget(claims.filter(({ id }) => !ours.has(id)));
    }
    this.#beating = false;
    this.#schedule();
  }

  /** Unless it was claimed anew meanwhile. */
  #forget(lost: readonly ClaimRef[]): void {
    for (const { id, token } of lost) if (this.#held.get(id)?.claim.token === token) this.#held.delete(id);
  }

  #now(): number {
    return this.#clock.monotonic?.() ?? this.#clock.now();
  }
}
