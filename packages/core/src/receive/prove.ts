import { toBytes } from "../lib/bytes.ts";
import { adopt, andThen, guarded, type MaybePromise } from "../lib/promises.ts";
import { Fault, type FindKeys, type ProofScheme, type Proven } from "../scheme/proof-scheme.ts";
import type { Arrival } from "./arrival.ts";
import { lookUp, type NoKeys } from "./look-up.ts";
import type { Refusal } from "./refusal.ts";
import { resolveUrl } from "./url.ts";

/** A lookup that found none, on its way through a scheme's own judgement, which may know another key. */
class Keyless extends Error {
  override readonly name = "Keyless";
  readonly why: NoKeys;
  constructor(why: NoKeys) {
    super("The keys cannot be had.");
    this.why = why;
  }
}

/** For schemes that judge by themselves: what the head shows, and the verdict where that is enough for one. */
export function proveHead(arrival: Arrival): MaybePromise<Refusal | undefined> {
  const { settings, head } = arrival;
  const scheme = settings.proof as ProofScheme;
  const url = scheme.signs === undefined ? (head.url ?? "") : resolveUrl(arrival, scheme);
  if (typeof url !== "string") return url;
  arrival.url = url;
  return judged(arrival, scheme.judgeBody === undefined, () => {
    const shown: unknown = scheme.read({ ...head, url, now: settings.clock.now() });
    if (shown instanceof Fault) return shown;
    arrival.shown = shown;
    return scheme.judgeHead?.(shown, findKeys(arrival));
  });
}

/** The rest of the verdict, with the body. */
export function proveBody(arrival: Arrival, body: Uint8Array | string): MaybePromise<Refusal | undefined> {
  const scheme = arrival.settings.proof as ProofScheme;
  if (scheme.judgeBody === undefined) return undefined;
  return judged(arrival, true, () => scheme.judgeBody?.(arrival.shown, toBytes(body), findKeys(arrival)));
}

/**
 * What a step of the scheme's judgement comes to.
 *
 * @param whole whether this is the verdict, or the first half of it
 */
function judged(
  arrival: Arrival,
  whole: boolean,
  judge: () => MaybePromise<Proven | Fault | undefined>,
): MaybePromise<Refusal | undefined> {
  return guarded<Refusal | undefined, Refusal>(
    () =>
      andThen(adopt(judge()), (result) => {
        if (result instanceof Fault) return refused(arrival, result);
        if (result === undefined && !whole) return undefined;
        // A judgement that says nothing must not pass for a yes.
        if (result === undefined || !(result.secretIndex >= 0)) throw new Error("It said neither yes nor no.");
        const late = result.timestamp === undefined ? undefined : arrival.judgeTime(result.timestamp);
        if (late === undefined) arrival.proves(result, whole);
        return late;
      }),
    (cause) =>
      cause instanceof Keyless
        ? arrival.refuse(cause.why.code, cause.why.detail, cause.why.cause)
        : arrival.refuse("misconfigured", `The scheme of ${arrival.provider} failed where it judges.`, cause),
  );
}

function refused(arrival: Arrival, { code, header, problem }: Fault): Refusal {
  if (code === "malformed_signature") return arrival.refuse(code, `"${header}": ${problem}`);
  return arrival.refuse(code, NAMES_HEADER.has(code) ? header : problem);
}

/** Codes whose sentence tells of the header alone. */
const NAMES_HEADER: ReadonlySet<string> = new Set(["missing_signature", "credential_mismatch"]);

/** The keys of this request: those that were given once, or those that a lookup finds. */
function findKeys(arrival: Arrival): FindKeys<unknown> {
  const { keys } = arrival.settings;
  return function find(wanted) {
    if (keys !== undefined) {
      arrival.keys = keys;
      return keys;
    }
    return andThen(lookUp(arrival, wanted), (none) => {
      if (none !== undefined) throw new Keyless(none);
      return arrival.keys;
    });
  };
}
