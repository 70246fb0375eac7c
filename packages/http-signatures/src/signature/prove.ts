import {
  andThen,
  every,
  Fault,
  type FindKeys,
  isPromise,
  type KeyWanted,
  type MaybePromise,
} from "@countersign/core/scheme";
import type { Candidate } from "../candidate/candidate.ts";
import type { Message } from "../field/message.ts";
import type { SignatureAlgorithm } from "../key/algorithms.ts";
import type { VerifyingKey, VerifyText } from "../key/verifying-key.ts";
import { coveredLines } from "./base.ts";
import { keyUrlOf } from "./key-url.ts";
import type { Rules } from "./rules.ts";
import { type Selected, worst } from "./select.ts";

/** A signature that is genuine. */
export interface Genuine {
  readonly candidate: Candidate;
  /** Which of the keys made it, counted from 0. */
  readonly keyIndex: number;
  readonly algorithm: SignatureAlgorithm;
  /** The lines of the signature base without the last. */
  readonly lines: string;
}

/** The first genuine one among the signatures of a message. Where none is, what went wrong; a lookup that failed throws. */
export function prove(selected: Selected, rules: Rules, find: FindKeys<VerifyingKey>): MaybePromise<Genuine | Fault> {
  const { candidates } = selected;
  const faults: Fault[] = [];
  let thrown: { readonly cause: unknown } | undefined;
  // One whose key cannot be had must not keep the next from being judged: anybody may add a signature.
  const failed = (cause: unknown) => {
    thrown ??= { cause };
    return undefined;
  };
  const next = (index: number): MaybePromise<Genuine | Fault> => {
    const candidate = candidates[index];
    if (candidate === undefined) {
      if (thrown !== undefined) throw thrown.cause;
      return worst(faults);
    }
    return andThen(
      attempt(() => proveOne(candidate, selected, rules, find), failed),
      (result) => {
        if (result !== undefined && !(result instanceof Fault)) return result;
        if (result !== undefined) faults.push(result);
        return next(index + 1);
      },
    );
  };
  return next(0);
}

function attempt<T, U>(work: () => MaybePromise<T>, failed: (cause: unknown) => U): MaybePromise<T | U> {
  try {
    const result = work();
    return isPromise(result) ? result.catch(failed) : result;
  } catch (cause) {
    return failed(cause);
  }
}

function proveOne(
  candidate: Candidate,
  { message, values }: Selected,
  rules: Rules,
  find: FindKeys<VerifyingKey>,
): MaybePromise<Genuine | Fault> {
  const lines = coveredLines(candidate.components, values);
  if (lines instanceof Fault) return lines;
  const wanted = wantedBy(candidate, message, rules);
  const base = `${lines}"@signature-params": ${candidate.input}`;
  return andThen(find(wanted), (keys) =>
    andThen(names(keys, rules), (own) => {
      const tries = choose(candidate, keys, own);
      if (typeof tries === "string") return mismatch(candidate, tries);
      return andThen(firstOf(tries, base, candidate.signature), (made) =>
        made === undefined
          ? mismatch(candidate, "none of the keys made it")
          : { candidate, keyIndex: made.keyIndex, algorithm: made.algorithm, lines },
      );
    }),
  );
}

function wantedBy(candidate: Candidate, message: Message, { keyUrl }: Rules): KeyWanted {
  const wanted: { -readonly [Key in keyof KeyWanted]: KeyWanted[Key] } = {};
  const { keyid, alg } = candidate.parameters;
  if (keyid !== undefined) wanted.keyId = keyid;
  if (alg !== undefined) wanted.algorithm = alg;
  const url = keyUrl === undefined ? undefined : keyUrlOf(candidate, message, keyUrl);
  if (url !== undefined) wanted.url = url;
  return wanted;
}

/** By which name `keyid` is held against each key. */
function names(keys: readonly VerifyingKey[], rules: Rules): MaybePromise<readonly (string | undefined)[]> {
  return every(keys.map((key) => (rules.keyId === "thumbprint" ? key.thumbprint() : key.keyId)));
}

interface Try {
  readonly keyIndex: number;
  readonly algorithm: SignatureAlgorithm;
  readonly verify: VerifyText;
}

/**
 * The keys that `keyid` may mean, each with the one algorithm that it is used with. The signature does not choose: `alg`
 * may only say what the key is for (RFC 9421, 3.2, step 6).
 */
function choose(
  { parameters: { keyid, alg } }: Candidate,
  keys: readonly VerifyingKey[],
  own: readonly (string | undefined)[],
): readonly Try[] | string {
  const tries: Try[] = [];
  let why = "no active key has its keyid";
  keys.forEach(({ algorithms }, keyIndex) => {
    const name = own[keyIndex];
    if (keyid !== undefined && name !== undefined && name !== keyid) return;
    if (alg === undefined && algorithms.size > 1) {
      why = `its key serves ${[...algorithms.keys()].join(" and ")}, and it has no alg: name one in algorithms`;
      return;
    }
    const chosen = alg ?? algorithms.keys().next().value;
    const verify = algorithms.get(chosen as SignatureAlgorithm);
    if (verify === undefined) why = `its alg is "${String(alg).slice(0, 40)}", and its key is not for that`;
    else tries.push({ keyIndex, algorithm: chosen as SignatureAlgorithm, verify });
  });
  return tries.length > 0 ? tries : why;
}

function firstOf(tries: readonly Try[], base: string, signature: Uint8Array, index = 0): MaybePromise<Try | undefined> {
  const one = tries[index];
  if (one === undefined) return undefined;
  return andThen(one.verify(base, signature), (genuine) =>
    genuine ? one : firstOf(tries, base, signature, index + 1),
  );
}

function mismatch({ label }: Candidate, problem: string): Fault {
  return new Fault("signature_mismatch", "signature", `${label.slice(0, 40)}: ${problem}`);
}
