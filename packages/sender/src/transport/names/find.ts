import type { Clock } from "@countersign/core";
import type { Resolve, ResolvedAddress } from "../resolve.ts";
import { Places } from "./places.ts";

/** What name servers say: addresses, that there are none, or nothing that decides. */
export type Answer =
  | { readonly kind: "found"; readonly addresses: readonly ResolvedAddress[]; readonly ttl: number }
  | { readonly kind: "none" | "failed" | "silent" };

/** What names are looked up with. */
export interface Finders {
  readonly clock: Clock;
  /** The system's own way, `getaddrinfo`: its word is the last. It has a thread until it ends, and cannot be stopped. */
  readonly lookUp: Resolve;
  /** The names that the name servers are to be asked for, in the system's order; none where only the system knows. */
  readonly candidates: (hostname: string) => readonly string[];
  /** Asks the name servers, on no thread. Ends by itself. */
  readonly query: (hostname: string) => Promise<Answer>;
  /** Why the machine cannot look up anything, where it has nothing left to do it with. */
  readonly exhausted: () => Error | undefined;
}

interface Known {
  readonly until: number;
  /** Its last look-up took longer than a look-up may. */
  readonly slow: boolean;
  readonly addresses?: readonly ResolvedAddress[];
  readonly error?: unknown;
}

/** A look-up may take so long, whoever waits for it, in milliseconds. */
const DEADLINE = 8_000;
/** The longest that an answer is kept, and a failure. */
const KEPT = 10_000;
const FAILURE_KEPT = 1_000;
const MOST_KNOWN = 4_096;
/**
 * Look-ups on the thread pool, which has four threads for files and compression as well. One is kept for names that the
 * system alone knows, as from a hosts file, and that did not hang before.
 */
const MOST_THREADS = 2;
/** Others ask name servers, over a socket each. */
const MOST_QUERIES = 128;

/**
 * Names as the system resolves them, so that one which hangs keeps nobody else waiting: one look-up in flight for a
 * name, each with a deadline, few on threads, and of those that hung before fewer still.
 */
export function createResolve(finders: Finders): Resolve {
  const { clock, lookUp, candidates, query, exhausted } = finders;
  const known = new Map<string, Known>();
  /** Names that somebody waits for. */
  const wanted = new Set<string>();
  const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();
  /** Calls of the system that have not ended, though nobody may wait for them any more. */
  const calls = new Map<string, Promise<readonly ResolvedAddress[]>>();
  const threads = new Places(MOST_THREADS, MOST_THREADS / 2);
  const queries = new Places(MOST_QUERIES, MOST_QUERIES / 2);

  function remember(name: string, about: Known): void {
    known.delete(name);
    known.set(name, about);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) return;
      known.delete(oldest);
    }
  }

  async function find(name: string): Promise<Known> {
    const before = known.get(name)?.slow ?? false;
    let slow = before;
    for (const candidate of candidates(name)) {
      const answer = await queries.run(before, async () => (wanted.has(name) ? query(candidate) : undefined));
      if (answer?.kind === "found") {
        const { addresses, ttl } = answer;
        return { addresses, slow: false, until: clock.now() + Math.min(Math.max(ttl, FAILURE_KEPT), KEPT) };
      }
      // What the name servers do not know the system asks them again, and may wait long for.
      slow = true;
      if (answer?.kind !== "none") break;
    }
    const addresses = await call(name, slow);
    return { addresses, slow: false, until: clock.now() + KEPT };
  }

  function call(name: string, slow: boolean): Promise<readonly ResolvedAddress[]> {
    let one = calls.get(name);
    if (one === undefined) {
      one = threads
        .run(slow, async () => (wanted.has(name) ? lookUp(name) : []))
        .catch((error: unknown) => {
          throw exhausted() ?? error;
        })
        .finally(() => calls.delete(name));
      calls.set(name, one);
    }
    return one;
  }

  async function start(name: string): Promise<readonly ResolvedAddress[]> {
    wanted.add(name);
    let late = false;
    let timer: unknown;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = clock.setTimeout(() => {
        late = true;
        reject(Object.assign(new Error("the look-up took too long"), { code: "ETIMEOUT" }));
      }, DEADLINE);
    });
    try {
      const found = await Promise.race([find(name), deadline]);
      remember(name, found);
      return found.addresses ?? [];
    } catch (error) {
      if (exhausted() === undefined) {
        const slow = late || (known.get(name)?.slow ?? false);
        remember(name, { error, slow, until: clock.now() + FAILURE_KEPT });
      }
      throw error;
    } finally {
      clock.clearTimeout(timer);
      wanted.delete(name);
      underWay.delete(name);
    }
  }

  return async function resolve(hostname) {
    const name = hostname.toLowerCase();
    const before = known.get(name);
    if (before !== undefined && before.until > clock.now()) {
      if (before.addresses === undefined) throw before.error;
      return before.addresses;
    }
    let one = underWay.get(name);
    if (one === undefined) {
      one = start(name);
      underWay.set(name, one);
    }
    return one;
  };
}
