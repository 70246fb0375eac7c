import type { Provider } from "@countersign/core";
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
  const credential = provider?.scheme.kind === "token" ? provider.scheme.header : undefined;
  const headers = sent.headers.map(
    ([name, value]) => [name, name.toLowerCase() === credential ? "[secret]" : value] as const,
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
