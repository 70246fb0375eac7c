import { readFileSync } from "node:fs";
import type { Context } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";

/** A secret, and how a shell writes it without showing it. */
export interface GivenSecret {
  readonly value: string;
  /** `$NAME` or `$(cat PATH)`: for a curl line. */
  readonly shell: string;
}

/**
 * The secrets that were named, in order; where none was, whoever sits there is asked.
 *
 * @throws Failure when one is not there or empty, or when nobody can be asked
 */
export async function givenSecrets(context: Context): Promise<readonly GivenSecret[]> {
  const named = namedSecrets(context);
  if (named.length > 0) return named;
  const { output, world } = context;
  if (!output.interactive || world.stdin.isTTY !== true) throw missing();
  const { isCancel, password } = await import("@clack/prompts");
  const typed = await password({ message: "The secret", output: process.stderr, signal: world.signal });
  if (isCancel(typed) || typeof typed !== "string" || typed === "") throw missing();
  output.hide(typed);
  return [{ value: typed, shell: "$SECRET" }];
}

/** The secrets that were named, or none. @throws Failure when a named one is not there or empty */
export function namedSecrets({ given, output, world }: Context): readonly GivenSecret[] {
  const fromEnv = given
    .texts("secret-env")
    .map((name) => ({ value: variable(name, world.env), shell: /^[A-Za-z_]\w*$/.test(name) ? `$${name}` : "$SECRET" }));
  const fromFile = given
    .texts("secret-file")
    .map((path) => ({ value: content(path, output), shell: `$(cat ${quoted(path)})` }));
  const all = [...fromEnv, ...fromFile];
  for (const { value } of all) output.hide(value);
  return all;
}

function variable(name: string, env: Context["world"]["env"]): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  // Somebody may have given the secret itself: only what looks like a variable is repeated.
  const said = /^[A-Z][A-Z0-9_]{0,60}$/.test(name)
    ? `The environment variable ${name}`
    : "The environment variable that --secret-env names";
  throw new Failure(
    "usage",
    "secret_unavailable",
    `${said} is ${value === "" ? "empty" : "not set"}.`,
    "--secret-env takes the name of a variable, not the secret: export WEBHOOK_SECRET=…, then --secret-env WEBHOOK_SECRET.",
  );
}

/** Editors and `echo` end a file with a line break that is no part of the secret. */
function content(path: string, output: Context["output"]): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code = "ERR" } = error as NodeJS.ErrnoException;
    throw new Failure(
      "usage",
      "secret_unavailable",
      `The file that --secret-file names cannot be read (${code}).`,
      "--secret-file takes a path, not the secret.",
    );
  }
  const bare = text.replace(/\r?\n$/, "");
  if (bare === "") throw new Failure("usage", "secret_unavailable", "The file that --secret-file names is empty.");
  if (bare.length > 65_536)
    throw new Failure("usage", "secret_unavailable", "The file that --secret-file names holds more than a secret.");
  if (bare !== text)
    output.note("The line break at the end of the secret's file is left out: your receiver must do the same.");
  return bare;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

function missing(): Failure {
  return new Failure(
    "usage",
    "secret_missing",
    "No secret was given.",
    "Name the environment variable that holds it, --secret-env NAME, or the file, --secret-file PATH.",
  );
}
