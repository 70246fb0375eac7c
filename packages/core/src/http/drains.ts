import type { Settings } from "../receive/settings.ts";
import type { Clock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";

/** As much of a request of `node:http` as reading it away needs. */
export interface Draining {
  /** Lower-case names; only the length counts. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** 2 for HTTP/2, where refusing one request ends its stream alone. */
  readonly httpVersionMajor?: number;
  /** True when the client has hung up. */
  readonly destroyed?: boolean;
  /** Hears `data`, `end` and `close`. */
  on(event: string, listener: (...args: any[]) => void): unknown;
  /** So that nothing is left on a connection that goes on. */
  removeListener(event: string, listener: (...args: any[]) => void): unknown;
  /** Lets the rest flow. */
  resume(): unknown;
  /** Cuts the connection of one that does not end. */
  destroy?(): unknown;
}

/** How many bodies are read away at once; of the next ones nothing is read. */
const AT_ONCE = 64;
/** How long one may take, in milliseconds. */
const LONGEST = 5_000;

/**
 * Reads away what is left of refused bodies. A proxy that is still sending when its connection closes answers 502 or
 * resets, and so makes a permanent refusal look like one to try again. Bounded, because whoever is refused may be anybody:
 * in bytes, in time, and in how many at once.
 */
export class Drains {
  readonly #most: number;
  readonly #deadlines: Deadlines;
  #running = 0;

  /** @param most bytes of one body */
  constructor(most: number, clock: Clock) {
    this.#most = most;
    this.#deadlines = new Deadlines(clock, LONGEST);
  }

  /** Whether the rest of this body is worth it: not when its length says that it is too much. */
  takes({ headers, httpVersionMajor, destroyed }: Draining): boolean {
    if ((httpVersionMajor ?? 1) >= 2 || destroyed === true || this.#running >= AT_ONCE) return false;
    const length = headers["content-length"];
    return length === undefined ? this.#most > 0 : Number(length) <= this.#most;
  }

  /** Reads until the body has ended; a connection on which more comes than may is cut. */
  run(request: Draining): void {
    let left = this.#most;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.#running--;
      this.#deadlines.delete(cut);
      request.removeListener("data", count);
      request.removeListener("end", end);
      request.removeListener("close", end);
    };
    const cut = (): void => {
      end();
      request.destroy?.();
    };
    const count = (chunk: unknown): void => {
      left -= (chunk as { readonly length: number }).length;
      if (left < 0) cut();
    };
    this.#running++;
    this.#deadlines.add(cut);
    request.on("data", count);
    request.on("end", end);
    request.on("close", end);
    request.resume();
  }
}

const drains = new WeakMap<Settings, Drains>();

/** Those of one verifier. Doors that cannot read a refused body away have none. */
export function drainsOf(settings: Settings): Drains {
  let own = drains.get(settings);
  if (own === undefined) {
    own = new Drains(settings.drain, settings.clock);
    drains.set(settings, own);
  }
  return own;
}
