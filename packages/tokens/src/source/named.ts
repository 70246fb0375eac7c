import { type ClockOption, type RequestHead, type Secrets, systemClock } from "@countersign/core";
import type { KeyLookup } from "@countersign/core/keys";
import type { KeyWanted } from "@countersign/core/scheme";

/** So many names are kept: vendors have two keys at a time. */
const MOST = 16;
/** New names may cause so many fetches at once, then one for each interval in milliseconds, whoever names them. */
const BURST = 4;
const INTERVAL = 15_000;

/**
 * A lookup for vendors that publish each key at a place of its own. Which one is a stranger's word: a name must first be
 * `valid`, those that gave a key are kept, and those that are new can cause only so many fetches.
 *
 * @param nameOf the name in what a request wants; nothing for one that cannot be
 * @param make the lookup of one name
 */
export function namedLookups(
  nameOf: (wanted: KeyWanted | undefined) => string | undefined,
  make: (name: string) => KeyLookup,
  clock: ClockOption = systemClock,
): KeyLookup {
  const kept = new Map<string, KeyLookup>();
  const now = (): number => (typeof clock === "function" ? clock() : clock.now());
  let level = BURST;
  let at = now();

  function mayAsk(): boolean {
    const time = now();
    level = Math.min(BURST, level + Math.max(0, time - at) / INTERVAL);
    at = time;
    if (level < 1) return false;
    level -= 1;
    return true;
  }

  return async function findKey(request: RequestHead, context: unknown, wanted?: KeyWanted): Promise<Secrets | null> {
    const name = nameOf(wanted);
    if (name === undefined) return null;
    const known = kept.get(name);
    if (known === undefined && !mayAsk())
      throw new Error(
        "Keys of too many new names were asked for: one more is fetched in fifteen seconds at the latest.",
      );
    const lookup = known ?? make(name);
    kept.set(name, lookup);
    let found: Secrets | null = null;
    try {
      found = await lookup(request, context, wanted);
      return found;
    } finally {
      if (found === null) {
        if (kept.get(name) === lookup) kept.delete(name);
      }
      // The oldest goes: a Map keeps the order in which names came.
      else if (kept.size > MOST) kept.delete(kept.keys().next().value as string);
    }
  };
}
