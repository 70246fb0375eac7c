import type { Context, Outcome } from "../command-line/command.ts";
import { entryOfVisit } from "../inspect/entry.ts";
import { startIngest } from "../inspect/ingest.ts";
import { runInspected } from "../inspect/run.ts";
import { readUrl } from "../network/origin.ts";
import { startPage } from "../page/start.ts";
import { givenProvider } from "../provider/find.ts";
import { namedSecrets } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";

/** Runs an application during development, and shows what its verifiers do. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  if (world.env.NODE_ENV === "production")
    throw new Failure(
      "usage",
      "in_production",
      "NODE_ENV is production: nothing is announced there, because deliveries would be shown.",
      "Run it during development.",
    );
  const to = given.text("to");
  const origin = to === undefined ? undefined : readUrl(to, "--to").origin;
  const command = given.arguments;
  const started = await startPage(context, {
    source: command.join(" ").slice(0, 200),
    kind: "inspect",
    origin: () => origin,
    ...(given.text("provider") === undefined ? {} : { provider: givenProvider(given) }),
    secrets: namedSecrets(context),
  });
  const ingest = await startIngest((visit) => started.page.put(entryOfVisit(visit, origin)));
  try {
    await output.value({ kind: "inspecting", page: started.page.url });
    await output.lines([...started.lines, ""]);
    const preload = new URL("dist/preload.js", world.home);
    const { code, signal } = await runInspected(command, preload, ingest.url, world.env, world.signal);
    const ok = code === 0 || world.signal.aborted;
    const said = signal === null ? `with ${code}` : `by ${signal}`;
    return {
      ok,
      json: { kind: "ended", code, signal },
      lines: world.signal.aborted ? [] : [`The command ended ${said}.`],
    };
  } finally {
    ingest.close();
    await started.close();
  }
}
