import { EXIT, Failure } from "../terminal/failure.ts";
import { Output } from "../terminal/output.ts";
import { plain } from "../terminal/text.ts";
import type { Command, World } from "./command.ts";
import { commandHelp, overview } from "./help.ts";
import { nearest } from "./nearest.ts";
import { parse } from "./parse.ts";

/** The process, or what stands for it. */
export interface Machine extends World {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Does what the arguments say, prints it, and gives back the exit code. Throws nothing. */
export async function run(commands: readonly Command[], args: readonly string[], machine: Machine): Promise<number> {
  const output = new Output({ ...machine, json: ownOf(args).includes("--json") });
  try {
    return await dispatch(commands, args, machine, output);
  } catch (error) {
    if (machine.signal.aborted) return EXIT.interrupted;
    const failure = await failureOf(error);
    const { code, exit } = failure;
    // It may quote what stood in a file.
    const [message, mend] = [plain(failure.message, 1_000), plain(failure.mend, 1_000)];
    const written =
      output.json &&
      (await output.value({ error: { code, message, mend } }).then(
        () => true,
        () => false,
      ));
    if (!written)
      output.complain([`${output.paint.red("countersign:")} ${message}`, ...(mend === "" ? [] : [mend])].join("\n"));
    return exit;
  }
}

/** What stands before `--`: behind it is another program's. */
function ownOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}

async function dispatch(
  commands: readonly Command[],
  args: readonly string[],
  machine: Machine,
  output: Output,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const asked = rest.find((word) => !word.startsWith("-"));
    const command = commands.find((one) => one.name === asked);
    const lines =
      command === undefined ? overview(commands, machine.version, output.paint) : commandHelp(command, output.paint);
    await output.lines(lines);
    return name === undefined ? EXIT.usage : EXIT.yes;
  }
  if (name === "--version" || name === "-v") {
    await output.lines([machine.version]);
    return EXIT.yes;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw unknownCommand(name, commands);
  const given = parse(command, [
    ...ownOf(rest).map((word) => (word === "-h" ? "--help" : word)),
    ...rest.slice(ownOf(rest).length),
  ]);
  if (given.on("help")) {
    await output.lines(commandHelp(command, output.paint));
    return EXIT.yes;
  }
  const { run: work } = await command.load();
  const working = work({ given, output, world: machine });
  const outcome = await (command.endless ? working : Promise.race([working, interrupted(machine.signal)]));
  if (outcome === undefined) return EXIT.interrupted;
  const { ok, json, lines } = outcome;
  await output.lines(lines);
  if (json !== undefined) await output.value(json);
  return ok ? EXIT.yes : EXIT.no;
}

function interrupted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

function unknownCommand(name: string, commands: readonly Command[]): Failure {
  const meant = nearest(
    name,
    commands.map((one) => one.name),
  );
  // It may be a secret that was pasted in the wrong place: only what looks like a command is repeated.
  const said = /^[a-z][a-z-]{0,20}$/.test(name) ? `There is no command "${plain(name)}".` : "That is no command.";
  const hint = meant === undefined ? "countersign --help lists the commands." : `Did you mean "${meant}"?`;
  return new Failure("usage", "unknown_command", said, hint);
}

async function failureOf(error: unknown): Promise<Failure> {
  if (error instanceof Failure) return error;
  const { ConfigurationError } = await import("@countersign/core");
  if (error instanceof ConfigurationError) return new Failure("usage", error.code, error.message);
  const { name, message } = error instanceof Error ? error : { name: "Error", message: "" };
  return new Failure(
    "bug",
    "internal_error",
    `A mistake of countersign itself: ${plain(name)}: ${plain(message, 300)}`,
    "Please report it with the command line that you used, without the secret.",
  );
}
