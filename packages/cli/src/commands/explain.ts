import { explain } from "@countersign/core";
import type { Context, Outcome } from "../command-line/command.ts";
import { detect } from "../provider/detect.ts";
import { givenProvider } from "../provider/find.ts";
import { openRequest } from "../request/open.ts";
import { headerRecord } from "../request/saved.ts";
import { givenSecrets } from "../secret/given.ts";
import { withProgress } from "../terminal/progress.ts";
import { plain } from "../terminal/text.ts";
import { judgedAt } from "../verdict/time.ts";

/** Looks for the cause of a refusal. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const provider = givenProvider(given);
  const secrets = (await givenSecrets(context)).map(({ value }) => value);
  const request = await openRequest(context);
  const { now, why } = judgedAt(given.text("at"), request.at, world.now);
  const { method, url, body, notes } = request;
  const headers = headerRecord(request.headers);
  const found = await withProgress(output, "Trying what people get wrong", () =>
    explain(provider, { secret: secrets, headers, body, method, url, now, signal: world.signal }),
  );
  const others = found.code === "missing_signature" ? detect(Object.keys(headers)).map(({ name }) => name) : [];
  const { bold, dim, green, red, yellow } = output.paint;
  return {
    ok: found.ok,
    json: {
      provider: provider.name,
      ok: found.ok,
      code: found.code,
      findings: found.findings,
      notes,
      fits: others,
      judgedAt: new Date(now).toISOString(),
    },
    lines: [
      `${provider.name}: ${found.ok ? green("the request is genuine") : `${red("refused")}: ${bold(found.code)}`}`,
      // Where the signature is not what is wrong, the verifier's own sentence says most.
      ...(found.ok || found.code === "signature_mismatch" ? [] : [plain(sentenceOf(found.text, provider.name))]),
      ...found.findings.flatMap(({ code, sentence, mend }) => [
        `${yellow("•")} ${plain(sentence)} ${dim(`(${code})`)}`,
        `  ${bold("Mend")}: ${plain(mend)}`,
      ]),
      ...(others.length === 0 ? [] : [`  Its headers are those of ${others.join(", ")}.`]),
      ...notes.map((note) => `${yellow("•")} ${plain(note)}`),
      dim(`  judged as at ${new Date(now).toISOString()} (${why})`),
    ],
  };
}

/** The first line of an explanation, without `stripe: missing_signature. ` before it. */
function sentenceOf(text: string, provider: string): string {
  const [head = ""] = text.split("\n");
  return head.slice(provider.length + 2).replace(/^[a-z_]+\. /, "");
}
