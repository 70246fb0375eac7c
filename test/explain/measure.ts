/** What `explain` says first of each failure, and how often that is the truth. */
import { type Explanation, explain } from "@countersign/core";
import { asSent, type Case, NOW } from "./case.ts";

export interface Result {
  readonly one: Case;
  readonly said: Explanation;
  /** Its first finding; `""` where it had none. */
  readonly first: string;
  readonly verdict: "true" | "wrong" | "none";
}

/** What names no cause: it does not know, or only describes. Not true where a cause could be known, but not wrong either. */
const NO_CAUSE = new Set(["", "no_explanation", "signature_matches"]);

export async function judge(one: Case): Promise<Result> {
  const { provider, secret } = one.from;
  const sent = await one.from.send(one.message);
  const { method, url, headers, body } = await (one.way ?? asSent)(sent);
  const said = await explain(one.provider ?? provider, {
    secret: one.secret === undefined ? secret : await one.secret(secret),
    headers,
    body,
    url,
    now: NOW,
    ...(method === undefined ? {} : { method }),
  });
  const first = said.findings[0]?.code ?? "";
  const verdict = one.cause.includes(first) ? "true" : NO_CAUSE.has(first) ? "none" : "wrong";
  return { one, said, first, verdict };
}

/** The line of figures for some of them. */
export function figures(results: readonly Result[]): { cases: number; true: number; wrong: number; none: number } {
  const count = (verdict: Result["verdict"]) => results.filter((result) => result.verdict === verdict).length;
  return { cases: results.length, true: count("true"), wrong: count("wrong"), none: count("none") };
}
