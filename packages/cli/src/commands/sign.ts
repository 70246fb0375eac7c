import type { Context, Outcome } from "../command-line/command.ts";
import { givenProvider } from "../provider/find.ts";
import { curlLine } from "../request/curl-line.ts";
import { openOutgoing } from "../request/outgoing.ts";
import { signRequest } from "../request/signing.ts";
import { givenSecrets } from "../secret/given.ts";
import { plain } from "../terminal/text.ts";
import { readTime } from "../verdict/time.ts";

/** Prints the headers that prove a body, or the curl line that sends it. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const provider = givenProvider(given);
  const secrets = await givenSecrets(context);
  const request = await openOutgoing(context, provider);
  const at = given.text("timestamp");
  const time = at === undefined ? world.now() : readTime(at, "--timestamp");
  const { headers, proof } = await signRequest(provider, request, { secrets, time, id: given.text("id") });
  // A credential is the secret itself: the shell puts it in, and nothing shows it.
  const { scheme } = provider;
  const fromShell = scheme.kind === "token" ? { [scheme.header]: `${scheme.prefix}${secrets[0]?.shell}` } : {};
  const { method, url, body } = request;
  const line = curlLine({ method, url: url === "" ? "http://localhost:3000/" : url, headers, body, fromShell });
  const shown = { ...proof, ...fromShell };
  return {
    ok: true,
    json: { provider: provider.name, headers: shown, curl: line, bytes: body.length, notes: request.notes },
    lines: given.on("curl")
      ? [line]
      : [
          ...Object.entries(shown).map(([name, value]) => `${name}: ${value}`),
          ...request.notes.map((note) => output.paint.dim(`# ${plain(note)}`)),
        ],
  };
}
