import type { Attempt, Change, Hypothesis } from "./attempt.ts";
import { FORMS } from "./body-forms.ts";
import { JSON_BODIES } from "./body-json.ts";
import { MULTIPART } from "./body-multipart.ts";
import { TEXTS } from "./body-text.ts";
import { WRAPPED } from "./body-wrapped.ts";
import { CHARSETS } from "./charsets.ts";
import { CONTENTS } from "./contents.ts";
import type { Finding } from "./finding.ts";
import { HEADERS } from "./headers.ts";
import type { Prover } from "./prover.ts";
import { REQUESTS } from "./requests.ts";
import { SCHEMES } from "./schemes.ts";
import { SECRETS } from "./secrets.ts";

type Kind = readonly Hypothesis[];
interface Candidate {
  readonly hypothesis: Hypothesis;
  readonly change: Change;
}

/** Smaller changes first: what explains a body with one byte is truer than what writes all of it anew. */
const BODIES: Kind = [...TEXTS, ...JSON_BODIES, ...CHARSETS, ...WRAPPED, ...FORMS, ...MULTIPART];

/** Mistakes by what they change, and their share of the work; each kind changes nothing of another's. */
const KINDS: readonly (readonly [Kind, share: number])[] = [
  [SECRETS, 0.2],
  [REQUESTS, 0.1],
  [HEADERS, 0.05],
  [BODIES, 0.5],
  [[...SCHEMES, ...CONTENTS], 0.05],
];
const PAIRED = 0.1;
/** All of them, in the order in which they are tried. */
export const HYPOTHESES: Kind = KINDS.flatMap(([kind]) => kind);
/** Two at once, the commoner pairs first. */
const PAIRS: readonly (readonly [Kind, Kind])[] = [
  [BODIES, SECRETS],
  [REQUESTS, SECRETS],
  [REQUESTS, REQUESTS],
  [HEADERS, SECRETS],
  [SECRETS, SECRETS],
  [BODIES, REQUESTS],
  [BODIES, HEADERS],
  [REQUESTS, HEADERS],
  [HEADERS, SCHEMES],
  [SCHEMES, SECRETS],
  [BODIES, SCHEMES],
];

/** The first mistake, or the first two together, under which the signature is right. */
export async function search(attempt: Attempt, prover: Prover): Promise<readonly Finding[]> {
  for (const [kind, share] of KINDS) {
    prover.allow(share);
    for await (const one of candidates(kind, attempt, prover)) {
      if (await prover.holds({ ...attempt, ...one.change })) return [told(one, attempt)];
    }
  }
  prover.allow(PAIRED);
  const listed = new Map<Kind, readonly Candidate[]>();
  for (const [firsts, seconds] of PAIRS) {
    if (prover.paused) break;
    for await (const first of candidates(firsts.filter(isFew), attempt, prover)) {
      const changed = { ...attempt, ...first.change };
      // What changes other parts of the request is the same beside every first mistake.
      const others = firsts === seconds ? undefined : (listed.get(seconds) ?? (await list(seconds, attempt, prover)));
      if (others !== undefined) listed.set(seconds, others);
      for (const second of others ?? (await list(seconds, changed, prover))) {
        if (second.hypothesis === first.hypothesis) continue;
        await prover.breathe();
        if (!(await prover.holds({ ...changed, ...second.change }))) continue;
        const both = [told(first, attempt), told(second, changed)].filter(isNew);
        return seconds === SECRETS ? both.reverse() : both; // Told in the order in which single ones are tried.
      }
    }
  }
  return [];
}

const isNew = ({ code }: Finding, index: number, all: readonly Finding[]) =>
  all.findIndex((one) => one.code === code) === index;
const isFew = ({ many }: Hypothesis) => many !== true;

async function list(kind: Kind, attempt: Attempt, prover: Prover): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for await (const one of candidates(kind.filter(isFew), attempt, prover)) found.push(one);
  return found;
}

/** As long as the budget lasts. What cannot even be made (a body too deep, an escape that is none) is not what happened. */
async function* candidates(kind: Kind, attempt: Attempt, prover: Prover): AsyncGenerator<Candidate> {
  for (const hypothesis of kind) {
    try {
      for await (const change of hypothesis.changes(attempt)) {
        await prover.breathe();
        if (prover.paused) return;
        if (change.body !== undefined) prover.made(change.body);
        yield { hypothesis, change };
      }
    } catch (error) {
      if (prover.aborted) throw error;
      // The next one, then.
    }
  }
}

function told({ hypothesis, change }: Candidate, attempt: Attempt): Finding {
  const { code, sentence, mend, tell } = hypothesis;
  return { code, sentence: tell === undefined ? sentence : `${sentence} ${tell(attempt, change)}`, mend };
}
