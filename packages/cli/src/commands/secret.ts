import { writeFileSync } from "node:fs";
import type { Context, Outcome } from "../command-line/command.ts";
import { digestOf, Folder, usualFolder } from "../kept/folder.ts";
import { lastUse, type Use } from "../kept/last-use.ts";
import { lastUseOf } from "../outbox/last-use.ts";
import { lettersOf } from "../outbox/letters.ts";
import { openInbox, storeFailure } from "../outbox/open.ts";
import { shownProvider } from "../provider/find.ts";
import { namedSecrets } from "../secret/given.ts";
import type { MadeSecret } from "../secret/made.ts";
import { makeSecret } from "../secret/make.ts";
import { Failure } from "../terminal/failure.ts";
import { count } from "../terminal/text.ts";

/** Draws a secret, or changes one: the one thing that this program prints on purpose. */
export async function run(context: Context): Promise<Outcome> {
  const [action, name] = context.given.arguments;
  if (action === "new") return draw(context, name);
  if (action === "rotate") return rotate(context, name);
  throw new Failure(
    "usage",
    "unknown_action",
    "secret does two things: new and rotate.",
    "countersign secret new [PROVIDER]",
  );
}

async function draw({ given, output }: Context, name: string | undefined): Promise<Outcome> {
  const provider = name === undefined ? undefined : shownProvider(name);
  const made = makeSecret(provider);
  const path = given.text("out");
  if (path === undefined) await output.reveal(output.json ? `${JSON.stringify(made)}\n` : `${made.secret}\n`);
  else keep(path, made);
  if (made.publicKey !== undefined && !output.json) output.note(`The receiver's public key: ${made.publicKey}`);
  const where =
    path === undefined ? {} : { file: path, ...(made.publicKey === undefined ? {} : { publicKey: made.publicKey }) };
  return {
    ok: true,
    json: path === undefined ? undefined : where,
    lines: path === undefined ? [] : ["Written, for you alone to read. Nothing was printed of it."],
  };
}

/** A new secret into a file, and the receiver's configuration with both, the new one first. */
async function rotate(context: Context, name: string | undefined): Promise<Outcome> {
  const { given, output, world } = context;
  const [old, more] = namedSecrets(context);
  if (old === undefined || more !== undefined)
    throw new Failure(
      "usage",
      "one_secret",
      "Which secret is in use now?",
      "--secret-env NAME or --secret-file PATH, one of them.",
    );
  const provider = name === undefined ? undefined : shownProvider(name);
  if (provider?.scheme.kind === "asymmetric")
    throw new Failure(
      "usage",
      "not_rotated_here",
      `${name} makes its own key pairs.`,
      "Give the receiver both public keys: secret: [newKey, oldKey].",
    );
  const path = given.text("out");
  const folder = new Folder(given.text("from") ?? usualFolder(world.env));
  const inInbox = given.text("sqlite") !== undefined || given.text("postgres-env") !== undefined;
  const use = inInbox ? await lastUseInInbox(context, old.value) : lastUse(folder, digestOf(old.value));
  if (path !== undefined) keep(path, makeSecret(provider));
  const [fresh, before] = [path === undefined ? "WEBHOOK_SECRET_NEW" : path, sourceOf(given)];
  const read = path === undefined ? `process.env.${fresh}` : `readFileSync(${JSON.stringify(path)}, "utf8")`;
  const seen =
    use.last === undefined
      ? `never, in ${count(use.genuine, "genuine delivery", "genuine deliveries")} that ${inInbox ? "the inbox has given up" : "listen kept"}`
      : `at ${use.last}`;
  const { bold, dim } = output.paint;
  return {
    ok: true,
    json: { secret: [read, before], file: path ?? null, oldLastUsed: use.last ?? null, genuine: use.genuine },
    lines: [
      ...(path === undefined
        ? [dim("--out FILE draws the new one. Without it, its name is a stand-in.")]
        : [`The new secret is in ${path}, for you alone to read.`]),
      bold("1. The receiver takes both, the new one first:"),
      `     secret: [${read}, ${before}]`,
      bold("2. The sender is given the new one."),
      bold("3. Once nothing comes with the old one any more, the receiver loses it:"),
      `     the old one was last used ${seen}`,
    ],
  };
}

/** The same of what an inbox still holds. @throws Failure */
async function lastUseInInbox(context: Context, secret: string): Promise<Use> {
  const { store, close } = await openInbox(context);
  try {
    return await lastUseOf(await lettersOf(store, context.given.text("route")), secret);
  } catch (error) {
    throw storeFailure(error);
  } finally {
    await close().catch(() => {});
  }
}

/** How a configuration reads the secret that was named. */
function sourceOf(given: Context["given"]): string {
  const [env] = given.texts("secret-env");
  return env === undefined
    ? `readFileSync(${JSON.stringify(given.texts("secret-file")[0])}, "utf8")`
    : `process.env.${env}`;
}

/** Never over a file that is there: it may be the secret in use. */
function keep(path: string, { secret }: MadeSecret): void {
  try {
    writeFileSync(path, secret, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const { code = "ERR" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw new Failure(
        "usage",
        "file_exists",
        "That file is there already.",
        "It may be the secret in use: choose another name.",
      );
    throw new Failure("outside", "unwritable_file", `The file cannot be written (${code}).`);
  }
}
