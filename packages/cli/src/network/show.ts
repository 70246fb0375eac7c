import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import type { Outcome } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";
import type { Paint } from "../terminal/paint.ts";
import { bodyLines, plain } from "../terminal/text.ts";
import type { Exchanged, Outgoing } from "./exchange.ts";

/**
 * A whole exchange: what was sent, and the answer with its body. A credential is not shown.
 *
 * @throws Failure when no answer came
 */
export function showExchange(sent: Outgoing, came: Exchanged, paint: Paint, provider?: Provider<any>): Outcome {
  const { bold, dim, green, red } = paint;
  const { method, url, body } = sent;
  const scheme = provider?.scheme;
  const credentials = scheme !== undefined && isProof(scheme) && scheme.covers === "nothing" ? scheme.headers : [];
  const headers = sent.headers.map(
    ([name, value]) => [name, credentials.includes(name.toLowerCase()) ? "[secret]" : value] as const,
  );
  if (came.kind === "failed") {
    throw new Failure(
      "outside",
      "no_answer",
      `${url.origin} gave no answer: ${came.message} (${came.code})`,
      "Is the receiver running, and is that its address?",
    );
  }
  const ok = came.status >= 200 && came.status < 300;
  const colour = ok ? green : red;
  return {
    ok,
    json: {
      ok,
      request: { method, url: url.href, headers: Object.fromEntries(headers), bytes: body.length },
      response: {
        status: came.status,
        headers: Object.fromEntries(came.headers.map(([name, value]) => [name.toLowerCase(), value])),
        body: Buffer.from(came.body).toString("utf8"),
        milliseconds: came.milliseconds,
      },
    },
    lines: [
      bold(`${method} ${url.href}`),
      ...headers.map(([name, value]) => dim(`${plain(name)}: ${plain(value)}`)),
      "",
      ...bodyLines(body),
      "",
      `${colour(String(came.status))} after ${came.milliseconds} ms`,
      ...came.headers.map(([name, value]) => dim(`${plain(name)}: ${plain(value)}`)),
      ...(came.body.length === 0 ? [] : ["", ...bodyLines(came.body)]),
    ],
  };
}
