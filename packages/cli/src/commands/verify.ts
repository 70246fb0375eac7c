import type { Context, Outcome } from "../command-line/command.ts";
import { givenProvider } from "../provider/find.ts";
import { openRequest } from "../request/open.ts";
import { givenSecrets } from "../secret/given.ts";
import { plain } from "../terminal/text.ts";
import { judge } from "../verdict/judge.ts";
import { judgedAt } from "../verdict/time.ts";

/** Says what a receiver would say of a saved request. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const provider = givenProvider(given);
  const secrets = await givenSecrets(context);
  const request = await openRequest(context);
  const at = judgedAt(given.text("at"), request.at, world.now);
  const verdict = await judge(
    provider,
    secrets.map(({ value }) => value),
    request,
    at.now,
  );
  const { answer, ...told } = verdict;
  const { bold, dim, green, red } = output.paint;
  const said = verdict.ok ? green(verdict.code) : `${red("refused")}: ${bold(verdict.code)}`;
  const details = [
    `read as ${request.form}, ${request.body.length} bytes of body`,
    `judged as at ${new Date(at.now).toISOString()} (${at.why})`,
    ...(verdict.signedAt === undefined ? [] : [`signed at ${verdict.signedAt}`]),
    ...(verdict.id === undefined ? [] : [`id ${plain(verdict.id, 200)}`]),
    ...((verdict.secret ?? 1) > 1 ? [`matched by secret ${verdict.secret} of ${secrets.length}: an older one`] : []),
    ...request.notes,
  ];
  return {
    ok: verdict.ok,
    json: {
      ...told,
      status: answer.status,
      judgedAt: new Date(at.now).toISOString(),
      form: request.form,
      bytes: request.body.length,
      notes: request.notes,
    },
    lines: [
      `${provider.name}: ${said}`,
      ...(verdict.ok ? [] : [plain(verdict.message), "countersign explain looks for the cause."]),
      ...details.map((line) => dim(`  ${line}`)),
    ],
  };
}
