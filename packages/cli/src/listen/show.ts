import type { Finding, Provider } from "@countersign/core";
import type { Exchanged } from "../network/exchange.ts";
import { eventOf } from "../request/event.ts";
import type { SavedRequest } from "../request/saved.ts";
import type { Paint } from "../terminal/paint.ts";
import { count, plain } from "../terminal/text.ts";
import type { Verdict } from "../verdict/judge.ts";
import type { Step } from "./timeline.ts";

/** All that is known of one delivery once it is answered. */
export interface Shown {
  /** Under which it is kept; 0 where it is not. */
  readonly number: number;
  readonly request: SavedRequest;
  /** The URL that the provider called, as far as a proxy or a tunnel tells it. */
  readonly called: string;
  readonly verdict: Verdict | undefined;
  /** As whom it was judged. */
  readonly as: Provider<any> | undefined;
  readonly fits: readonly string[];
  readonly findings: readonly Finding[];
  readonly status: number;
  readonly forwarded: Exchanged | undefined;
  readonly steps: readonly Step[];
}

/** A delivery as JSON: one line of `--json`. */
export function shownAsJson({ number, request, verdict, fits, findings, status, forwarded }: Shown) {
  const { method, url, at, body } = request;
  return {
    kind: "delivery",
    number,
    at: new Date(at as number).toISOString(),
    method,
    url,
    bytes: body.length,
    event: eventOf(body),
    ...(verdict === undefined
      ? { code: "not_judged" }
      : { provider: verdict.provider, ok: verdict.ok, code: verdict.code, message: verdict.message }),
    fits,
    findings,
    status,
    ...(forwarded === undefined
      ? {}
      : forwarded.kind === "answer"
        ? { forwarded: { status: forwarded.status, milliseconds: forwarded.milliseconds } }
        : { forwarded: { error: forwarded.code, message: forwarded.message } }),
  };
}

/** A delivery in lines: who, what, the verdict, and when refused the cause and the mend. */
export function shownAsLines(shown: Shown, { bold, dim, green, red, yellow }: Paint): string[] {
  const { number, request, verdict, fits, findings, status, forwarded } = shown;
  const event = eventOf(request.body);
  const what = [
    dim(new Date(request.at as number).toISOString().slice(11, 19)),
    ...(number === 0 ? [] : [bold(`#${number}`)]),
    `${plain(request.method)} ${plain(request.url, 200)}`,
    dim(count(request.body.length, "byte")),
    ...(event === "" ? [] : [bold(plain(event))]),
  ];
  const from =
    forwarded === undefined
      ? ""
      : forwarded.kind === "answer"
        ? ` by your receiver after ${forwarded.milliseconds} ms`
        : "";
  return [
    what.join("  "),
    `  ${said(verdict, fits, { bold, dim, green, red, yellow })}, answered ${status}${from}`,
    ...(forwarded?.kind === "failed" ? [`  ${red("not forwarded")}: ${forwarded.message}`] : []),
    ...(verdict?.ok === false && (findings.length === 0 || verdict.code !== "signature_mismatch")
      ? [`  ${plain(verdict.message)}`]
      : []),
    ...findings
      .slice(0, 3)
      .flatMap(({ sentence, mend }) => [`  ${yellow("•")} ${plain(sentence)}`, `    ${bold("Mend")}: ${plain(mend)}`]),
  ];
}

function said(verdict: Verdict | undefined, fits: readonly string[], { green, red, dim }: Paint): string {
  if (verdict !== undefined)
    return `${verdict.provider}: ${verdict.ok ? green(verdict.code) : `${red("refused")}: ${verdict.code}`}`;
  return fits.length === 0 ? dim("not judged") : `looks like ${fits.join(" or ")}, not judged`;
}
