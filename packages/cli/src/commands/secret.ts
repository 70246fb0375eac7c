import { writeFileSync } from "node:fs";
import type { Context, Outcome } from "../command-line/command.ts";
import { shownProvider } from "../provider/find.ts";
import { type MadeSecret, makeSecret } from "../secret/make.ts";
import { Failure } from "../terminal/failure.ts";

/** Draws a secret: for standard output or a file, the one thing that this program prints on purpose. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output } = context;
  const [action, name] = given.arguments;
  if (action !== "new")
    throw new Failure("usage", "unknown_action", "secret does one thing: new.", "countersign secret new [PROVIDER]");
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
