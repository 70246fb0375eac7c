import {
  type ClaimState,
  createVerifier,
  defineReplayStore,
  memoryReplayStore,
  type ReplayStore,
  sign,
  type Twin,
} from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { randomFrom } from "./random.ts";

/**
 * The whole of replay protection on simulated machines: real verifiers, a store behind a network that loses, delays and
 * repeats nothing by accident but everything by seed, machines that die and whose clocks differ, and a provider that
 * tries again until it is answered 2xx. What is promised is written in core's docs/replay.md; `violations` says where
 * it did not hold.
 */
export interface Simulated {
  readonly violations: readonly string[];
  /** How often a handler ended well, and how often it did so again for an event that it had handled. */
  readonly handled: number;
  readonly again: number;
}

/** How a store that is not as promised is put in the right one's place: whether the simulation sees it. */
export type Sabotage = (store: ReplayStore) => ReplayStore;

const SECRET = "whsec_c2ltdWxhdGVkLXNlY3JldC1zaW11bGF0ZWQ";
const START = 1_784_000_000_000;
const LEASE = 10_000;
const MACHINES = 3;
/** The longest of an operation that nothing disturbs: a claim may be forgotten while its answer is on the way. */
const ROUND_TRIP = 80;
/** Nothing breaks after it. */
const CALM = 180_000;
const END = 30 * 60_000;
/** How long a handler takes that never ends; a number that JSON has. */
const NEVER = Number.MAX_SAFE_INTEGER;
/** By then all is acknowledged, unless a handler never ends: a handler, a lease, and a retry or two. */
const SOON = 5 * 60_000;

export async function simulate(seed: number, sabotage: Sabotage = (store) => store): Promise<Simulated> {
  const world = new World(seed, sabotage);
  await world.run();
  return world;
}

interface Run {
  readonly event: string;
  readonly machine: Machine;
  readonly started: number;
}

interface Machine {
  readonly verifier: ReturnType<typeof createVerifier>;
  alive: boolean;
  /** When an operation of its was last lost, late or failed. */
  disturbed: number;
}

class World {
  readonly violations: string[] = [];
  handled = 0;
  again = 0;
  readonly #random: () => number;
  readonly #sabotage: Sabotage;
  readonly #clock = fakeClock(START);
  readonly #machines: Machine[] = [];
  #store: ReplayStore;
  #lostAt = Number.NEGATIVE_INFINITY;
  /** The event that a stored key stands for. */
  readonly #events = new Map<string, string>();
  /** When the first commit of an event that its machine heard of was written. */
  readonly #committed = new Map<string, number>();
  readonly #successes = new Map<string, number>();
  readonly #running = new Set<Run>();
  #open = 0;
  /** Whether a handler never ends: its claim is held for sixty leases. */
  #hangs = false;

  constructor(seed: number, sabotage: Sabotage) {
    this.#random = randomFrom(seed);
    this.#sabotage = sabotage;
    this.#store = this.#newStore();
    for (let i = 0; i < MACHINES; i++) this.#machines.push(this.#boot());
  }

  async run(): Promise<void> {
    const events = 1 + this.#below(3);
    for (let i = 0; i < events; i++) this.#provide(`msg_${i}`);
    for (let i = this.#below(3); i > 0; i--) this.#at(this.#below(CALM), () => this.#kill(this.#below(MACHINES)));
    if (this.#chance(0.2)) this.#at(this.#below(CALM), () => this.#forget());
    for (let i = 0; i < MACHINES; i++)
      if (this.#chance(0.3)) this.#at(this.#below(CALM), () => this.#cutOff(i, 1_000 + this.#below(20_000)));
    const end = START + CALM + (this.#hangs ? END : SOON);
    while (this.#open > 0 && this.#clock.now() < end) await this.#clock.advanceAsync(1_000);
    if (this.#open > 0) this.violations.push(`${this.#open} events were never acknowledged`);
  }

  // The provider.

  #provide(event: string): void {
    this.#open++;
    const takes = this.#takes();
    this.#hangs ||= takes === NEVER;
    const body = JSON.stringify({ type: "made", data: { event, takes, fails: this.#below(3) } });
    let answered = false;
    let signed: { headers: Record<string, string>; at: number } | undefined;
    const attempt = async (): Promise<void> => {
      // A retry is signed anew, or the very same bytes; too old a signature would be refused.
      if (signed === undefined || this.#chance(0.5) || this.#clock.now() - signed.at > 200_000) {
        const at = this.#clock.now();
        signed = {
          headers: await sign(standardWebhooks, { secret: SECRET, body, id: event, timestamp: new Date(at) }),
          at,
        };
      }
      const { headers } = signed;
      await this.#learn(event, headers, body);
      const copies = this.#chance(0.4) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++)
        this.#at(this.#below(copy === 0 ? 50 : 5_000), () => this.#deliver(event, headers, body, acknowledged));
      this.#at(5_000 + this.#below(40_000), () => {
        if (!answered) void attempt();
      });
    };
    const acknowledged = (): void => {
      if (answered) return;
      answered = true;
      this.#open--;
    };
    this.#at(this.#below(30_000), () => void attempt());
  }

  /** Which key the store will know it by. */
  async #learn(event: string, headers: Record<string, string>, body: string): Promise<void> {
    const claim = (key: string): ClaimState => {
      this.#events.set(key, event);
      return "new";
    };
    const store = defineReplayStore({ claim, commit: () => true, release: () => true, extend: () => true });
    const verifier = createVerifier(standardWebhooks, {
      secret: SECRET,
      log: false,
      replay: store,
      clock: this.#clock,
    });
    await (await verifier.verify({ headers, body })).commit();
  }

  #deliver(event: string, headers: Record<string, string>, body: string, acknowledged: () => void): void {
    const machine = this.#machines[this.#below(MACHINES)] as Machine;
    if (!machine.alive) return;
    machine.verifier
      .respond({ method: "POST", url: "https://example.com/hook", headers, body }, (delivery) =>
        this.#handle(event, machine, delivery.payload as { data: { takes: number; fails: number } }),
      )
      .then(({ status }) => {
        if (!machine.alive || status < 200 || status >= 300) return;
        if (!this.#successes.has(event)) this.violations.push(`${event} was answered ${status} before it was handled`);
        acknowledged();
      })
      .catch(() => {}); // The handler's own error: no answer.
  }

  // The handler.

  #handle(event: string, machine: Machine, { data }: { data: { takes: number; fails: number } }): Promise<void> {
    const now = this.#clock.now();
    for (const other of this.#running) {
      if (other.event !== event || !other.machine.alive || now - other.started >= 60 * LEASE) continue;
      if (other.machine.disturbed >= other.started || this.#lostAt >= other.started - ROUND_TRIP) continue;
      this.violations.push(`${event} was handled by two at once, at ${now - START} ms`);
    }
    const known = this.#committed.get(event);
    if (known !== undefined && known > this.#lostAt)
      this.violations.push(`${event} was handled again after an acknowledged commit, at ${now - START} ms`);
    const run: Run = { event, machine, started: now };
    this.#running.add(run);
    const before = this.#runs.get(event) ?? 0;
    this.#runs.set(event, before + 1);
    if (before === 0 && data.takes === NEVER) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      this.#at(data.takes === NEVER ? 0 : data.takes, () => {
        this.#running.delete(run);
        if (!machine.alive) return;
        if (before < data.fails) return reject(new Error("the handler failed"));
        this.handled++;
        const times = this.#successes.get(event) ?? 0;
        if (times > 0) this.again++;
        this.#successes.set(event, times + 1);
        resolve();
      });
    });
  }

  readonly #runs = new Map<string, number>();

  #takes(): number {
    return [0, 100, 4_000, 35_000, NEVER][this.#below(5)] as number;
  }

  // The machines.

  #boot(): Machine {
    const skew = this.#below(30_000) - 15_000;
    const clock = this.#clock;
    const machine: Machine = {
      alive: true,
      disturbed: Number.NEGATIVE_INFINITY,
      verifier: createVerifier(standardWebhooks, {
        secret: SECRET,
        log: false,
        replay: { store: this.#connection(() => machine), lease: `${LEASE}ms`, wait: "1s" },
        clock: {
          now: () => clock.now() + skew,
          monotonic: () => clock.now(),
          setTimeout: (callback, milliseconds) => clock.setTimeout(() => machine.alive && callback(), milliseconds),
          clearTimeout: (handle) => clock.clearTimeout(handle),
        },
      }) as Machine["verifier"],
    };
    return machine;
  }

  #kill(index: number): void {
    const machine = this.#machines[index] as Machine;
    machine.alive = false;
    for (const run of this.#running) if (run.machine === machine) this.#running.delete(run);
    this.#at(this.#below(20_000), () => {
      this.#machines[index] = this.#boot();
    });
  }

  readonly #cut = new Map<Machine, number>();

  #cutOff(index: number, milliseconds: number): void {
    this.#cut.set(this.#machines[index] as Machine, this.#clock.now() + milliseconds);
  }

  // The store, and the network before it.

  #newStore(): ReplayStore {
    return this.#sabotage(memoryReplayStore({ clock: this.#clock, quiet: true }));
  }

  #forget(): void {
    this.#lostAt = this.#clock.now();
    this.#store = this.#newStore();
  }

  #connection(machine: () => Machine): ReplayStore {
    const ask = <T>(
      perform: (store: ReplayStore) => T | Promise<T>,
      heard?: (value: T, at: number) => void,
    ): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const from = machine();
        const calm = this.#clock.now() >= START + CALM;
        const cut = (this.#cut.get(from) ?? 0) > this.#clock.now();
        const fault = calm ? 1 : cut ? this.#random() * 0.06 : this.#random();
        if (fault < 0.08) from.disturbed = this.#clock.now();
        const [there, back] = [this.#below(40), fault < 0.08 && fault >= 0.06 ? 1_500 : this.#below(40)];
        if (fault < 0.02) return void this.#at(there, () => from.alive && reject(new Error("refused")));
        if (fault < 0.04) return; // The request is lost.
        this.#at(there, async () => {
          const at = this.#clock.now();
          const value = await perform(this.#store);
          if (fault < 0.06) return; // Its answer is.
          this.#at(back, () => {
            if (!from.alive) return;
            // A fault that is late is one while it lasts.
            if (fault < 0.08) from.disturbed = this.#clock.now();
            else heard?.(value, at);
            resolve(value);
          });
        });
      });
    return defineReplayStore({
      claim: (key: string, token: string, lease: number, twin?: Twin) =>
        ask<ClaimState>((store) => store.claim(key, token, lease, twin)),
      commit: (key: string, token: string, ttl: number, twin?: Twin) =>
        ask<boolean>(
          (store) => store.commit(key, token, ttl, twin),
          (ours, at) => {
            const event = this.#events.get(key);
            if (ours && event !== undefined && !this.#committed.has(event)) this.#committed.set(event, at);
          },
        ),
      release: (key, token) => ask<boolean>((store) => store.release(key, token)),
      extend: (key, token, lease) => ask<boolean>((store) => store.extend(key, token, lease)),
    });
  }

  #at(milliseconds: number, work: () => unknown): void {
    this.#clock.setTimeout(() => void work(), milliseconds);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }
}
