import type { Output } from "../terminal/output.ts";

/** One option of a command, as data: parsing, the help and the documents read the same row. */
export interface Option {
  /** What stands for its value in the help: `"NAME"`. Absent for a switch. */
  readonly value?: string;
  /** One line. */
  readonly help: string;
  /** May be given more than once. */
  readonly many?: boolean;
}

/** What was typed behind a command. */
export interface Given {
  readonly arguments: readonly string[];
  /** The value of an option that is given at most once. */
  text(name: string): string | undefined;
  /** All values of an option that may be given more than once. */
  texts(name: string): readonly string[];
  /** Whether a switch is on. */
  on(name: string): boolean;
}

/** The machine, as commands see it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The text of a file that a configuration names. @throws what the disk says */
  readonly file: (path: string) => string;
  /** Of this program. */
  readonly version: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The folder of this package: what it brings along is found from here. */
  readonly home: URL;
}

/** What a command works with. */
export interface Context {
  readonly given: Given;
  readonly output: Output;
  readonly world: World;
}

/** What a command found out: printed by the runner, as lines or as JSON. */
export interface Outcome {
  /** Exit code 0 or 1: whether the answer is yes. */
  readonly ok: boolean;
  readonly json: unknown;
  readonly lines: readonly string[];
}

export type Run = (context: Context) => Promise<Outcome>;

/** A command as the help has it. What it does is loaded when it is called, so that `--help` loads nothing. */
export interface Command {
  readonly name: string;
  /** What follows the name: `"FILE"`, `"[FILE]"`. */
  readonly arguments: string;
  /** How many arguments it takes, at least and at most. */
  readonly takes: readonly [least: number, most: number];
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What else has to be known, in lines. */
  readonly about?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Command lines that work, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Ctrl-C is how it ends; it sees to that itself. */
  readonly endless?: true;
  readonly load: () => Promise<{ readonly run: Run }>;
}
