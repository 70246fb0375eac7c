import type { EndpointOptions } from "@countersign/sender";
import type { Context, Outcome } from "../command-line/command.ts";
import { nearest } from "../command-line/nearest.ts";
import { readUrl } from "../network/origin.ts";
import { requestLines, responseLines } from "../system/exchanges.ts";
import { openRight, rightSenderOf } from "../system/open.ts";
import { forOperators } from "../system/sentences.ts";
import { UNKNOWN_SECRET } from "../system/systems.ts";
import { Failure } from "../terminal/failure.ts";
import { withProgress } from "../terminal/progress.ts";
import { plain } from "../terminal/text.ts";

/** Sends one synthetic event to one endpoint of a configuration, and shows the whole exchange. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output } = context;
  const [name = ""] = given.arguments;
  const path = given.text("config");
  if (path === undefined) throw new Failure("usage", "config_missing", "No configuration was given.", "--config FILE");
  const opened = await openRight(path, context);
  const endpoint = opened.endpoints.find((one) => one.name === name);
  if (endpoint === undefined) throw unknownEndpoint(name, opened.endpoints);
  if (JSON.stringify([[endpoint.sign].flat().map((one) => one?.secret), endpoint.auth]).includes(UNKNOWN_SECRET)) {
    throw new Failure(
      "usage",
      "secret_missing",
      "The system does not show this webhook's secret.",
      `--secret-env ${plain(name)}=VARIABLE names the variable that holds it.`,
    );
  }
  const to = given.text("to");
  const target = to === undefined ? endpoint : redirected(endpoint, readUrl(to, "--to"));
  const asked = { endpoints: [target], text: opened.text };
  const sender = rightSenderOf(path, asked, context, { loopback: to !== undefined });
  const { ok, exchanges } = await withProgress(output, `Waiting for ${new URL(target.url).host}`, () =>
    sender.test(name),
  );
  await sender.close();
  const { paint } = output;
  const reached = exchanges.some(({ response }) => response !== undefined);
  const refused = exchanges.some(({ attempt }) => attempt.error === "address_refused");
  if (!reached) {
    const [first] = exchanges;
    throw new Failure(
      "outside",
      first?.attempt.error ?? "no_answer",
      plain(forOperators(first?.attempt.message ?? "No answer came.")),
      refused
        ? "--allow ADDRESSES opens special addresses, --to URL sends to another receiver."
        : "Is the receiver running, and is that its address?",
    );
  }
  return {
    ok,
    json: { ok, system: opened.system.name, endpoint: name, exchanges },
    lines: exchanges.flatMap((exchange) => [...requestLines(exchange, paint), "", ...responseLines(exchange, paint)]),
  };
}

/** The same requests, sent elsewhere: to a `countersign listen`, say. */
function redirected({ schemes: _, ports: __, tls: ___, ...endpoint }: EndpointOptions, url: URL): EndpointOptions {
  return { ...endpoint, url: url.href };
}

function unknownEndpoint(name: string, endpoints: readonly EndpointOptions[]): Failure {
  const names = endpoints.map((one) => one.name);
  const meant = nearest(name, names);
  const known = names
    .slice(0, 20)
    .map((one) => plain(one, 100))
    .join(", ");
  return new Failure(
    "usage",
    "unknown_endpoint",
    "The configuration has no endpoint of that name.",
    meant === undefined ? `It has ${known}.` : `Did you mean ${plain(meant)}?`,
  );
}
