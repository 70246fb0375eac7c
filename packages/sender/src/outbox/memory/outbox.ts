import { ConfigurationError } from "@countersign/core";
import type { MaybePromise } from "@countersign/core/adapter";
import { checkFunction, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import { machineClock, type SenderClock, steady } from "../../time/steady.ts";
import type { Outbox } from "../outbox.ts";
import type {
  ClaimAsk,
  ClaimedItem,
  ClaimRef,
  DeadLetter,
  EndpointStats,
  Finished,
  ItemOutcome,
  ListAsk,
  Look,
  LookAsk,
  Page,
  RedriveAsk,
  Redriven,
  Result,
  StateChange,
} from "../parts.ts";
import type { Placed, Placing } from "../placing.ts";
import type { AttemptRecord } from "../record.ts";
import { claim, extend, release } from "./claim.ts";
import { look, outcomes, removeEndpoint, setState, stats } from "./endpoints.ts";
import { enqueue } from "./enqueue.ts";
import { finish } from "./finish.ts";
import { Kept } from "./kept.ts";
import { cancel, list, redrive } from "./letters.ts";

/** How much a memory outbox keeps, by count and by bytes, and whom it tells what it forgets. */
export interface MemoryOutboxOptions {
  /** Events that may wait for one endpoint, so that a dead endpoint cannot take another's room. @default 100_000 */
  readonly capacity?: number;
  /**
   * Bytes of events that may wait for all endpoints together, by their JSON; an event counts once for each of its endpoints.
   * Dead letters may have as much again.
   * @default 536_870_912 (512 MiB)
   */
  readonly bytes?: number;
  /** The same for one endpoint. @default 134_217_728 (128 MiB) */
  readonly bytesPerEndpoint?: number;
  /** Dead letters that are kept for one endpoint; beyond, the oldest is forgotten. @default 10_000 */
  readonly deadLetters?: number;
  /** Ids of finished events that are remembered for each endpoint, at least. @default 10_000 */
  readonly remembered?: number;
  /** Told of each dead letter that is forgotten because there is no room. */
  readonly onForgotten?: (letter: DeadLetter) => void;
  /** By which it keeps the time: the sender's own, where a test gives the sender one. Default: the machine's. */
  readonly clock?: SenderClock;
}

const KEYS: KeysOf<MemoryOutboxOptions> = {
  capacity: "optional",
  bytes: "optional",
  bytesPerEndpoint: "optional",
  deadLetters: "optional",
  remembered: "optional",
  onForgotten: "optional",
  clock: "optional",
};

const MIB = 1_048_576;

/**
 * An outbox that lives as long as the process: what waits in it is lost with it. For tests, for events that may be
 * lost, and as the model for durable ones.
 *
 * @throws ConfigurationError when an option is unknown or out of its range
 *
 * @example
 * ```ts
 * import { createSender, memoryOutbox } from "@countersign/sender";
 * const sender = createSender({ endpoints: [], outbox: memoryOutbox({ capacity: 1_000, bytes: 16_000_000 }) });
 * ```
 */
export function memoryOutbox(options: MemoryOutboxOptions = {}): Outbox {
  checkOptions(options, KEYS, "memoryOutbox");
  checkFunction(options.onForgotten, "memoryOutbox.onForgotten");
  if (options.clock !== undefined) checkFunction(options.clock.now ?? null, "memoryOutbox.clock.now");
  const clock = steady(options.clock ?? machineClock);
  const read = (name: "capacity" | "deadLetters" | "remembered", fallback: number, least: number) =>
    checkInteger(options[name] ?? fallback, `memoryOutbox.${name}`, least, 10_000_000);
  const bounds = {
    capacity: read("capacity", 100_000, 1),
    bytes: checkInteger(options.bytes ?? 512 * MIB, "memoryOutbox.bytes", 1),
    bytesPerEndpoint: checkInteger(options.bytesPerEndpoint ?? 128 * MIB, "memoryOutbox.bytesPerEndpoint", 1),
    deadLetters: read("deadLetters", 10_000, 0),
    remembered: read("remembered", 10_000, 0),
    onForgotten: options.onForgotten ?? (() => {}),
  };
  return new MemoryOutbox(new Kept(bounds, () => clock.now()));
}

/** The methods of the road that each event goes answer at once: a promise costs more than what they do. */
class MemoryOutbox implements Outbox {
  readonly #kept: Kept;
  #closed = false;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  enqueue(events: readonly Placing[], options: { readonly tx?: never } = {}): MaybePromise<readonly Placed[][]> {
    return this.#at(() => {
      if (options.tx === undefined) return enqueue(this.#kept, events);
      throw new ConfigurationError("tx", "memoryOutbox is part of no database: it can enqueue in no transaction.");
    });
  }

  claim(ask: ClaimAsk): MaybePromise<readonly ClaimedItem[]> {
    return this.#at(() => claim(this.#kept, ask));
  }

  finish(results: readonly Result[]): MaybePromise<readonly Finished[]> {
    return this.#at(() => finish(this.#kept, results));
  }

  look(ask: LookAsk): MaybePromise<readonly Look[]> {
    return this.#at(() => look(this.#kept, ask));
  }

  async extend(claims: readonly ClaimRef[], lease: number): Promise<readonly ClaimRef[]> {
    return this.#at(() => extend(this.#kept, claims, lease));
  }

  async release(owner: string, except: readonly string[] = []): Promise<number> {
    return this.#at(() => release(this.#kept, owner, except));
  }

  async setEndpointState(endpoint: string, version: number, next: StateChange): Promise<boolean> {
    return this.#at(() => setState(this.#kept, endpoint, version, next));
  }

  async removeEndpoint(endpoint: string, generation: number): Promise<number> {
    return this.#at(() => removeEndpoint(this.#kept, endpoint, generation));
  }

  async cancel(items: readonly string[]): Promise<number> {
    return this.#at(() => cancel(this.#kept, items));
  }

  async list(ask: ListAsk): Promise<Page> {
    return this.#at(() => list(this.#kept, ask));
  }

  async redrive(ask: RedriveAsk): Promise<Redriven> {
    return this.#at(() => redrive(this.#kept, ask));
  }

  async attempts(item: string): Promise<readonly AttemptRecord[]> {
    return this.#at(() => this.#kept.entries.get(item)?.history ?? []);
  }

  async outcomes(items: readonly string[]): Promise<readonly ItemOutcome[]> {
    return this.#at(() => outcomes(this.#kept, items));
  }

  async stats(endpoints?: readonly string[]): Promise<readonly EndpointStats[]> {
    return this.#at(() => stats(this.#kept, endpoints));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** What goes wrong is told as by an outbox that has to be waited for. */
  #at<T>(work: () => T): MaybePromise<T> {
    try {
      if (this.#closed) throw new Error("The outbox is closed.");
      return work();
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
