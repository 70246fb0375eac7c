import type { Context, Outcome } from "../command-line/command.ts";
import { exchange } from "../network/exchange.ts";
import { readUrl } from "../network/origin.ts";
import { showExchange } from "../network/show.ts";
import { readTimeout } from "../network/timeout.ts";
import { givenProvider } from "../provider/find.ts";
import { openOutgoing } from "../request/outgoing.ts";
import { signRequest } from "../request/signing.ts";
import { givenSecrets } from "../secret/given.ts";
import { withProgress } from "../terminal/progress.ts";

/** Signs a request, sends it once, and shows what is answered. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const provider = givenProvider(given);
  const [target, ...rest] = given.arguments;
  const url = readUrl(target ?? "", "URL");
  const timeout = readTimeout(given);
  const secrets = await givenSecrets(context);
  const request = await openOutgoing({ ...context, given: { ...given, arguments: rest } }, provider);
  const signed = await signRequest(
    provider,
    { ...request, url: given.text("url") ?? url.href },
    { secrets, time: world.now(), id: given.text("id") },
  );
  const outgoing = { method: request.method, url, headers: signed.headers, body: request.body };
  const result = await withProgress(output, `Waiting for ${url.host}`, () =>
    exchange(outgoing, { timeout, signal: world.signal }),
  );
  return showExchange(outgoing, result, output.paint, provider);
}
