import type { Clock } from "@countersign/core";
import type { Limits } from "./limits.ts";

/** One that asks for turns: an endpoint. */
export interface Asker {
  used: number;
  bytes: number;
  /** What its events weighed lately: so much is set aside for those that are not known yet. */
  size: number;
  /** Waits no more: its turns are given beyond all limits. */
  rushed: boolean;
  /** Its last request took long: it may have more of them that do. */
  slow: boolean;
  readonly waiting: Set<Waiting>;
}

/** Where turns are taken: the requests under way to one origin, and those that wait. */
interface Place {
  readonly origin: string;
  used: number;
  /** Of these, by askers that were slow. */
  slow: number;
  readonly queue: Set<Waiting>;
}

interface Waiting {
  readonly asker: Asker;
  readonly place: Place;
  readonly most: number;
  readonly grant: (turns: Turn[]) => void;
}

/** What is set aside for an event of an endpoint that has not sent any. */
const FIRST_SIZE = 4_096;
/** A turn that takes so long is slow, in milliseconds. Slow askers together get half of any limit. */
const SLOW = 5_000;
/** How much of a limit that was lowered comes back with each turn that ends. */
const REGAIN = 0.02;

/**
 * Who may make a request, and who waits until another has ended: overall, by origin and by endpoint. Origins are served
 * in turn, and so are the endpoints of one. Whoever holds much is given less than what is left free (dynamic thresholds,
 * Choudhury and Hahne 1998), and whoever was slow before shares half with all others that were: so whoever comes next
 * finds room, however many hang.
 */
export class Turns {
  readonly #limits: Limits;
  readonly #places = new Map<string, Place>();
  /** Places where somebody waits; the one that was served last comes last. */
  readonly #waiting = new Set<Place>();
  #capacity: number;
  #used = 0;
  #slow = 0;
  #bytes = 0;
  readonly clock: Pick<Clock, "now">;

  constructor(limits: Limits, clock: Pick<Clock, "now">) {
    this.clock = clock;
    this.#limits = limits;
    this.#capacity = limits.sockets;
  }

  asker(): Asker {
    return { used: 0, bytes: 0, size: FIRST_SIZE, rushed: false, slow: false, waiting: new Set() };
  }

  /** One turn at least and so many at most: at once where there is room, else when it is the asker's turn. */
  take(asker: Asker, origin: string, most: number): Turn[] | Promise<Turn[]> {
    const place = this.#placeOf(origin);
    if (asker.rushed || (place.queue.size === 0 && this.#fits(asker, place))) return this.#give(asker, place, most);
    return new Promise((grant) => {
      const waiting = { asker, place, most, grant };
      asker.waiting.add(waiting);
      place.queue.add(waiting);
      this.#waiting.add(place);
    });
  }

  /** For whoever has only this to do: waits as one that has nothing under way. */
  async once<T>(origin: string, work: () => Promise<T>): Promise<T> {
    const [turn] = await this.take(this.asker(), origin, 1);
    try {
      return await work();
    } finally {
      turn?.end();
    }
  }

  /** Whatever the asker waits for or asks from now on is given at once: it ends, and must not wait for others. */
  rush(asker: Asker): void {
    asker.rushed = true;
    for (const waiting of [...asker.waiting]) this.#grant(waiting);
  }

  /** The machine gave out: no more than are under way now, until it turns out that there is room again. */
  shrink(): void {
    this.#capacity = Math.max(1, Math.min(this.#capacity, this.#used - 1));
  }

  /** @internal */
  release(asker: Asker, place: Place, slow: boolean, bytes: number): void {
    if (slow) {
      this.#slow -= 1;
      place.slow -= 1;
    }
    this.#used -= 1;
    place.used -= 1;
    asker.used -= 1;
    this.#bytes -= bytes;
    asker.bytes -= bytes;
    this.#capacity = Math.min(this.#limits.sockets, this.#capacity + REGAIN);
    if (place.used === 0 && place.queue.size === 0) this.#places.delete(place.origin);
    this.#serve();
  }

  /** @internal */
  weigh(asker: Asker, more: number): void {
    this.#bytes += more;
    asker.bytes += more;
    if (more < 0) this.#serve();
  }

  #placeOf(origin: string): Place {
    let place = this.#places.get(origin);
    if (place === undefined) {
      place = { origin, used: 0, slow: 0, queue: new Set() };
      this.#places.set(origin, place);
    }
    return place;
  }

  /** Whether one more fits. Whoever has none under way waits for the room of all, but for nothing of its own. */
  #fits(asker: Asker, place: Place): boolean {
    const { socketsPerOrigin, bytes, bytesPerEndpoint } = this.#limits;
    const free = Math.floor(this.#capacity) - this.#used;
    const freeHere = socketsPerOrigin - place.used;
    return (
      free > 0 &&
      freeHere > 0 &&
      place.used < Math.max(1, free) &&
      asker.used < Math.max(1, freeHere) &&
      (!asker.slow || this.#slow < Math.max(1, this.#capacity / 2)) &&
      (!asker.slow || place.slow < Math.max(1, socketsPerOrigin / 2)) &&
      (this.#bytes + asker.size <= bytes || this.#used === 0) &&
      (asker.bytes + asker.size <= bytesPerEndpoint || asker.used === 0)
    );
  }

  #give(asker: Asker, place: Place, most: number): Turn[] {
    const turns: Turn[] = [];
    const since = this.clock.now();
    do {
      this.#used += 1;
      place.used += 1;
      asker.used += 1;
      if (asker.slow) {
        this.#slow += 1;
        place.slow += 1;
      }
      turns.push(new Turn(this, asker, place, since));
    } while (turns.length < most && !asker.rushed && this.#fits(asker, place));
    return turns;
  }

  #serve(): void {
    if (this.#waiting.size === 0) return;
    for (const place of this.#waiting) {
      if (this.#used > 0 && (this.#capacity - this.#used < 1 || this.#bytes >= this.#limits.bytes)) return;
      for (const waiting of place.queue) {
        if (!this.#fits(waiting.asker, place)) continue;
        // Those who wait get one each; it goes round to them again.
        this.#grant({ ...waiting, most: 1 }, waiting);
        break;
      }
    }
  }

  #grant(granted: Waiting, waiting = granted): void {
    const { asker, place, most, grant } = granted;
    asker.waiting.delete(waiting);
    place.queue.delete(waiting);
    this.#waiting.delete(place);
    if (place.queue.size > 0) this.#waiting.add(place);
    grant(this.#give(asker, place, most));
  }
}

/** The right to have one request under way. */
export class Turn {
  readonly #turns: Turns;
  readonly #asker: Asker;
  #place: Place;
  #slow: boolean;
  #since: number;
  #bytes: number;
  #held = true;

  constructor(turns: Turns, asker: Asker, place: Place, since: number) {
    this.#turns = turns;
    this.#asker = asker;
    this.#place = place;
    this.#slow = asker.slow;
    this.#since = since;
    this.#bytes = asker.size;
    turns.weigh(asker, this.#bytes);
  }

  /** What it is taken for has so many bytes. */
  weigh(bytes: number): void {
    const asker = this.#asker;
    asker.size = Math.ceil((asker.size * 3 + bytes) / 4);
    const more = bytes - this.#bytes;
    this.#bytes = bytes;
    this.#turns.weigh(asker, more);
  }

  /** Lets others go first, for as long as `wait` takes; what it is taken for stays in hand meanwhile. */
  async interrupt(wait: () => Promise<void>): Promise<void> {
    this.#held = false;
    this.#turns.release(this.#asker, this.#place, this.#slow, 0);
    await wait();
    const [next] = await this.#turns.take(this.#asker, this.#place.origin, 1);
    if (next === undefined) return;
    this.#turns.weigh(this.#asker, -next.#bytes);
    this.#place = next.#place;
    this.#slow = next.#slow;
    this.#since = next.#since;
    this.#held = true;
  }

  /** It was taken for nothing: what was known of its asker stays. */
  giveBack(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#turns.release(this.#asker, this.#place, this.#slow, this.#bytes);
  }

  end(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#asker.slow = this.#turns.clock.now() - this.#since >= SLOW;
    this.#turns.release(this.#asker, this.#place, this.#slow, this.#bytes);
  }
}
