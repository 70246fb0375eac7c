import { join } from "node:path";
import { attack } from "../attack/attack.ts";
import { checkOwned } from "../attack/owned.ts";
import type { Result } from "../attack/send.ts";
import { targetOf } from "../attack/target.ts";
import type { Context, Outcome } from "../command-line/command.ts";
import { usualFolder } from "../kept/folder.ts";
import { readUrl } from "../network/origin.ts";
import { readDuration } from "../network/timeout.ts";
import { givenProvider } from "../provider/find.ts";
import { readInput } from "../request/source.ts";
import { givenSecrets } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";
import { count, plain } from "../terminal/text.ts";

/** Tries the known mistakes of verifiers on one's own receiver. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const provider = givenProvider(given);
  const target = await targetOf(readUrl(given.arguments[0] ?? "", "URL"));
  const patience = readDuration(given.text("patience") ?? "10s", "--patience");
  const keyFile = join(usualFolder(world.env), "..", "attack-key");
  await checkOwned(target, { keyFile, asked: given.on("elsewhere"), patience, signal: world.signal });
  const [secret, more] = await givenSecrets(context);
  if (secret === undefined || more !== undefined) throw new Failure("usage", "one_secret", "attack takes one secret.");
  const body = given.text("body");
  const { bold, dim, green, red, yellow } = output.paint;
  const shown: Readonly<Record<Result["outcome"], string>> = {
    refused: green("refused "),
    accepted: red("ACCEPTED"),
    broke: red("BROKE   "),
    leaks: red("LEAKS   "),
    look: yellow("look    "),
  };
  const tell = ({ name, tries, outcome, statuses, mend }: Result) => {
    const said = name === "still_there" && outcome === "refused" ? green("accepted") : shown[outcome];
    return output.lines([
      `${said}  ${plain(tries)} ${dim(`(${name}: ${statuses.join(", ")})`)}`,
      ...(mend === "" ? [] : [`          ${bold("Mend")}: ${mend}`]),
    ]);
  };
  const results = await attack(
    {
      target,
      provider,
      secret: secret.value,
      body: body === undefined ? undefined : await readInput(body, world, output),
      signedUrl: given.text("url") ?? target.url.href,
      patience,
      signal: world.signal,
      now: world.now,
    },
    tell,
  );
  const bad = results.filter(({ outcome }) => outcome !== "refused" && outcome !== "look");
  const accepted = results.filter(({ outcome }) => outcome === "accepted").map(({ name }) => name);
  return {
    ok: bad.length === 0,
    json: { ok: bad.length === 0, provider: provider.name, accepted, results },
    lines: [
      "",
      bad.length === 0 ? green("Nothing forged was accepted.") : red(`${count(bad.length, "mistake")} found.`),
    ],
  };
}
