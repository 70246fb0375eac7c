import type { Candidate } from "../candidate/candidate.ts";
import type { Component } from "../component/identifier.ts";
import { DIGEST_BYTES } from "../digest/algorithms.ts";
import type { Required } from "./compile.ts";

/** What a list of components leaves open of a coverage, whatever the message is. */
export interface Gaps {
  /** What is always asked for, and is not there. */
  readonly always: string | undefined;
  /** Headers that are not covered, and must be where there are such. */
  readonly present: readonly Component[];
  /** What is not covered, and must be where there is a body. */
  readonly body: Component | undefined;
  /** What is not covered of the URL. */
  readonly target: string | undefined;
  /** Whether a query would not be covered. */
  readonly query: boolean;
}

/** Of lists that were seen before: a sender signs the same components each time. */
const known = new WeakMap<Required, WeakMap<readonly Component[], Gaps>>();

/** What a signature leaves open. */
export function gapsOf(candidate: Candidate, required: Required): Gaps {
  if (required.labelled) return find(candidate, required);
  let own = known.get(required);
  if (own === undefined) {
    own = new WeakMap();
    known.set(required, own);
  }
  let gaps = own.get(candidate.components);
  if (gaps === undefined) {
    gaps = find(candidate, required);
    own.set(candidate.components, gaps);
  }
  return gaps;
}

function find(candidate: Candidate, required: Required): Gaps {
  const open = (wanted: Component) => !covers(candidate, wanted, required);
  return {
    always: required.components.find(open)?.id,
    present: required.present.filter(open),
    body: required.body.find(open),
    ...openTarget(candidate, required),
  };
}

function openTarget({ components }: Candidate, { target }: Required): Pick<Gaps, "target" | "query"> {
  const has = (name: string) => components.some((one) => one.name === name && !one.request);
  const whole = { target: undefined, query: false };
  if (target === "none" || has("@target-uri")) return whole;
  if (target !== "path" && !has("@authority")) return { target: '"@authority" or "@target-uri"', query: false };
  if (target === "authority" || has("@request-target")) return whole;
  return { target: has("@path") ? undefined : '"@path" or "@target-uri"', query: !has("@query") };
}

/** Whether it covers a component whole, or the member that is asked for. */
function covers({ components, label }: Candidate, wanted: Component, { digest }: Required): boolean {
  const key = wanted.key === "{label}" ? label : wanted.key;
  return components.some(
    (one) =>
      one.name === wanted.name &&
      one.request === wanted.request &&
      one.trailer === wanted.trailer &&
      one.parameter === wanted.parameter &&
      // One digest is as good as all: it is the one that is compared.
      (one.key === undefined ||
        one.key === key ||
        key === "{any}" ||
        (one.name === digest && DIGEST_BYTES.has(one.key))),
  );
}
