import { createVerifier } from "@countersign/core";
import type { Context, Outcome } from "../command-line/command.ts";
import { type Checked, ok } from "../doctor/finding.ts";
import { checkClock, checkFolder, checkNode, checkProxies } from "../doctor/machine.ts";
import { checkParser } from "../doctor/parser.ts";
import { checkReplay } from "../doctor/replay.ts";
import { checkWay } from "../doctor/way.ts";
import { Folder, usualFolder } from "../kept/folder.ts";
import { readUrl } from "../network/origin.ts";
import { readPort } from "../network/port.ts";
import { readTimeout } from "../network/timeout.ts";
import { openOutbox, storeFailure } from "../outbox/open.ts";
import { givenProvider } from "../provider/find.ts";
import { readInput } from "../request/source.ts";
import { givenSecrets } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";
import { withProgress } from "../terminal/progress.ts";
import { count, plain } from "../terminal/text.ts";

/** Looks at what goes wrong around webhooks: this machine, the way to it, the receiver, the store. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const folder = new Folder(given.text("from") ?? usualFolder(world.env));
  const checks: Checked[] = [
    checkNode(process.versions.node),
    checkClock(folder),
    checkFolder(folder),
    checkProxies(world.env),
  ];
  if (given.text("provider") !== undefined) checks.push(...(await receiverChecks(context)));
  const through = given.text("through");
  if (through !== undefined) {
    const way = {
      through: readUrl(through, "--through"),
      host: given.text("host") ?? "127.0.0.1",
      port: readPort(given.text("port") ?? "4040"),
      timeout: readTimeout(given),
      now: world.now,
      signal: world.signal,
    };
    checks.push(...(await withProgress(output, "Sending through the public URL", () => checkWay(way))));
  }
  if (given.text("sqlite") !== undefined || given.text("postgres-env") !== undefined)
    checks.push(await storeCheck(context));
  const redis = given.text("redis-env");
  if (redis !== undefined) checks.push(await checkReplay(urlIn(redis, context)));
  const { bold, green, red, yellow } = output.paint;
  const marks = { ok: green("ok   "), warn: yellow("look "), wrong: red("WRONG") };
  const wrong = checks.filter(({ state }) => state === "wrong");
  return {
    ok: wrong.length === 0,
    json: { ok: wrong.length === 0, checks },
    lines: checks.flatMap(({ name, state, says, mend }) => [
      `${marks[state]}  ${name}: ${plain(says)}`,
      ...(mend === "" ? [] : [`       ${bold("Mend")}: ${plain(mend)}`]),
    ]),
  };
}

function urlIn(name: string, { output, world }: Context): string {
  const url = world.env[name];
  if (url === undefined || url === "")
    throw new Failure(
      "usage",
      "secret_unavailable",
      "The variable that --redis-env names is not set.",
      "It holds the connection's URL: redis://user:password@host:6379.",
    );
  output.hide(url);
  return url;
}

/** Whether the secret has the provider's form and, with `--receiver`, whether a parser runs before the verifier. */
async function receiverChecks(context: Context): Promise<Checked[]> {
  const { given, output, world } = context;
  const provider = givenProvider(given);
  const secrets = await givenSecrets(context);
  // Throws what is wrong with it.
  if (provider.scheme.kind !== "asymmetric")
    createVerifier(provider, { secret: secrets.map(({ value }) => value), log: false });
  const checks = [ok("secret", `${count(secrets.length, "secret")} in the form that ${provider.name} has`)];
  const receiver = given.text("receiver");
  if (receiver === undefined) return checks;
  const body = given.text("body");
  const options = {
    url: readUrl(receiver, "--receiver"),
    provider,
    secrets,
    body:
      body === undefined
        ? Buffer.from('{"id":"countersign_doctor","type":"test","data":{}}')
        : await readInput(body, world, output),
    timeout: readTimeout(given),
    now: world.now,
    signal: world.signal,
  };
  return [...checks, await withProgress(output, "Asking the receiver", () => checkParser(options))];
}

async function storeCheck(context: Context): Promise<Checked> {
  try {
    const { store, close } = await openOutbox(context);
    const all = await store.stats().finally(() => close().catch(() => {}));
    const dead = all.reduce((sum, one) => sum + one.dead, 0);
    return ok("outbox", `reachable, ${count(all.length, "endpoint")}, ${count(dead, "dead letter")}`);
  } catch (error) {
    const failure = storeFailure(error);
    if (!(failure instanceof Failure) || failure.code !== "outbox_failed") throw failure;
    return { name: "outbox", state: "wrong", says: failure.message, mend: failure.mend };
  }
}
