import { parseArgs } from "node:util";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";
import type { Command, Given, Option } from "./command.ts";
import { nearest } from "./nearest.ts";

/** Options of every command. */
export const COMMON: Readonly<Record<string, Option>> = {
  json: { help: "print JSON, for scripts" },
  help: { help: "explain this command" },
};

/** What people type in the hope that it takes the secret itself. */
const SECRETS = ["secret", "key", "token", "password", "signing-secret", "webhook-secret"];

/**
 * Reads what was typed behind a command's name, by its own table: nothing is taken that the table does not have, and no
 * value is repeated in an error, because it may be a secret.
 *
 * @throws Failure
 */
export function parse(command: Command, args: readonly string[]): Given {
  const table = { ...command.options, ...COMMON };
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(table).map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, value, inlineValue } = token;
    const option = Object.hasOwn(table, name) ? table[name] : undefined;
    if (option === undefined) throw unknown(name, command, Object.keys(table));
    const before = values.get(name) ?? [];
    if (option.value === undefined) {
      if (inlineValue) throw usage("unexpected_value", `--${name} takes no value.`, command);
    } else {
      if (value === undefined) throw usage("missing_value", `--${name} needs its ${option.value}.`, command);
      // "--keep --forward URL": the next option was taken for a value.
      if (!inlineValue && /^--./.test(value))
        throw usage("missing_value", `--${name} needs its ${option.value}, and another option follows.`, command);
      if (before.length > 0 && !option.many) throw usage("repeated_option", `--${name} is given twice.`, command);
    }
    values.set(name, [...before, value ?? ""]);
  }
  if (!values.has("help")) checkCount(command, positionals.length);
  return {
    arguments: positionals,
    text: (name) => values.get(name)?.[0],
    texts: (name) => values.get(name) ?? [],
    on: (name) => values.has(name),
  };
}

function checkCount(command: Command, given: number): void {
  const [least, most] = command.takes;
  if (given < least) throw usage("missing_argument", `${command.name} needs ${command.arguments}.`, command);
  if (given > most)
    throw usage(
      "unexpected_argument",
      `${command.name} takes ${most === 0 ? "no argument" : `${most} at most`}, not ${given}.`,
      command,
    );
}

function unknown(name: string, command: Command, known: readonly string[]): Failure {
  if (SECRETS.includes(name)) {
    return new Failure(
      "usage",
      "secret_in_arguments",
      `--${name} does not exist: an argument is seen by everybody on this machine, and stays in the shell's history.`,
      "Put the secret into an environment variable and name it with --secret-env NAME, or into a file for --secret-file PATH. Change the secret if you have just typed it.",
    );
  }
  const meant = nearest(name, known);
  const said = /^[a-z][a-z-]{0,30}$/.test(name) ? `--${plain(name)}` : "that option";
  return usage(
    "unknown_option",
    `${command.name} has no ${said}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`,
    command,
  );
}

function usage(code: string, message: string, { name }: Command): Failure {
  return new Failure("usage", code, message, `countersign ${name} --help shows examples.`);
}
