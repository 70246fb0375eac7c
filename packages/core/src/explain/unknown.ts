import { signsUrl } from "./as-url.ts";
import type { Attempt } from "./attempt.ts";
import type { Looks } from "./clues.ts";
import type { Finding } from "./finding.ts";
import type { ExplainBudget, Prover } from "./prover.ts";
import { printable } from "./url-text.ts";

/** What is said when nothing explains it: what was tried, what is known to be right, what to check next. */
export function unknown(attempt: Attempt, looks: Looks, prover: Prover): Finding {
  const url = signsUrl(attempt);
  const whole = looks.declared === looks.body.length ? " The body is as long as Content-Length says." : "";
  const tried = `Nothing that people usually get wrong explains it; ${prover.tries} ways were tried: other spellings of the secret, changes of the body, ${url ? "other URLs, " : ""}other headers and schemes, and two of them at once.`;
  const steps = [
    "that the secret is the one of exactly this endpoint, environment and account",
    "that a SHA-256 of the body is the same here and where it was sent",
    ...(url ? [`that the provider's settings show the URL ${printable(attempt.url)}`] : []),
  ];
  const mend = `Check next ${steps.join("; then ")}. A forged request looks the same.`;
  return { code: "no_explanation", sentence: `${tried}${whole}`, mend };
}

/** What is said when the budget did not last. */
export function spent({ tries, bytes }: ExplainBudget): Finding {
  return {
    code: "budget_spent",
    sentence: `Not all was tried: the search ends after ${tries} tries or ${bytes} bytes.`,
    mend: "Look at a smaller request of the same kind, or raise budget.",
  };
}
