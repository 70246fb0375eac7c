import { Readable, Writable } from "node:stream";
import { ConfigurationError } from "@countersign/core";
import type { Context, Outcome, Run } from "../command-line/command.ts";
import { type Folder, rawHttp } from "../kept/folder.ts";
import { Unreadable } from "../request/saved.ts";
import { Failure } from "../terminal/failure.ts";
import { Output } from "../terminal/output.ts";
import { readValues, type Values } from "./field.ts";
import { type Places, textsOf } from "./secrets.ts";
import type { Tool } from "./tools.ts";

/** What the server was started with. */
export interface Serving {
  /** The server's own context: its output knows every secret, and hides it. */
  readonly context: Context;
  readonly places: ReadonlyMap<string, Places>;
  /** The variables that a configuration may read. */
  readonly variables: readonly string[];
  /** Where `listen` keeps deliveries. */
  readonly folder: Folder;
}

/**
 * Calls a tool: its command, in a world in which the arguments are its options and its input, and nothing else is there
 * to be read.
 *
 * @returns what the command prints with `--json`
 * @throws Failure with a stable code
 */
export async function call(
  tool: Tool,
  run: Run,
  given: unknown,
  serving: Serving,
  signal: AbortSignal,
): Promise<unknown> {
  const values = readValues(tool.fields, given);
  if (typeof values === "string")
    throw new Failure("usage", "invalid_arguments", values, "The tool's schema says what it takes.");
  const { context, places } = serving;
  const name = values.text("provider");
  const known = name === undefined ? undefined : places.get(name);
  const asked = new Set<string>();
  const outcome = await run({
    given: {
      arguments: argumentsOf(tool, values),
      ...optionsOf(tool, values, known, serving),
      on: () => false,
    },
    output: quiet(context.output),
    world: {
      ...context.world,
      env: environment(serving, known, asked),
      file: () => {
        asked.add("A file that the configuration names was not read: this server reads none.");
        throw Object.assign(new Error("not read"), { code: "not_read_here" });
      },
      stdin: Readable.from([inputOf(tool, values, serving)]),
      signal,
    },
  }).catch((error: unknown) => {
    if (name !== undefined && known === undefined && error instanceof Failure && error.code === "secret_missing")
      throw new Failure(
        "usage",
        "secret_missing",
        `The server was started without a secret of ${name}.`,
        `Whoever starts it adds --secret-env ${name}=VARIABLE or --secret-file ${name}=PATH. It is never an argument of a tool.`,
      );
    throw error instanceof ConfigurationError ? new Failure("usage", error.code, error.message) : error;
  });
  return withAsked(outcome, asked);
}

function argumentsOf(tool: Tool, values: Values): readonly string[] {
  if (tool.name === "providers") return [values.text("name") ?? []].flat();
  return tool.name === "sign" ? [] : ["-"];
}

function optionsOf(
  tool: Tool,
  values: Values,
  places: Places | undefined,
  { folder }: Serving,
): Pick<Context["given"], "text" | "texts"> {
  const secrets = textsOf(places);
  const fields = new Map(Object.entries(tool.options).map(([field, option]) => [option, values.text(field)]));
  if (tool.name === "sign") fields.set("body", "-");
  const number = values.number("delivery");
  const at = number === undefined ? undefined : folder.record(number)?.at;
  return {
    text: (name) => fields.get(name) ?? (name === "at" ? at : undefined),
    texts: (name) =>
      name === "set" ? values.entries("settings").map(([key, value]) => `${key}=${value}`) : secrets(name),
  };
}

/** The bytes that the command reads in place of standard input. */
function inputOf(tool: Tool, values: Values, { folder }: Serving): Uint8Array {
  const text = tool.input === undefined ? undefined : values.text(tool.input);
  const number = values.number("delivery");
  if (number !== undefined && text === undefined) return kept(folder, number);
  if (text !== undefined && number === undefined)
    return Buffer.from(text, values.text("encoding") === "base64" ? "base64" : "utf8");
  if (tool.input === undefined) return new Uint8Array();
  throw new Failure("usage", "request_missing", "Either request or delivery is needed.", "One of them, and not both.");
}

function kept(folder: Folder, number: number): Uint8Array {
  try {
    return rawHttp(folder.read(number));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const numbers = folder.numbers();
    const there = numbers.length === 0 ? "Nothing is kept." : `Kept are ${numbers[0]} to ${numbers.at(-1)}.`;
    throw new Failure("input", "not_kept", `Delivery ${number} cannot be read: ${error.message}`, there);
  }
}

/** The variables of this provider's secrets and those for configurations; what else is asked for is remembered. */
function environment(
  { context, variables }: Serving,
  places: Places | undefined,
  asked: Set<string>,
): Context["world"]["env"] {
  const open = new Set([...variables, ...(places?.["secret-env"] ?? [])]);
  return new Proxy(
    {},
    {
      get(_, name) {
        if (typeof name !== "string") return undefined;
        if (open.has(name)) return context.world.env[name];
        if (/^[A-Za-z_]\w{0,100}$/.test(name))
          asked.add(`${name} was asked for: the server was not started with --env ${name}.`);
        return undefined;
      },
    },
  );
}

/** Prints nothing: the server's output is the protocol. What is a secret becomes one of the server's output. */
function quiet(output: Output): Output {
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const own = new Output({ stdout: nowhere(), stderr: nowhere(), env: {}, json: true });
  own.hide = (secret) => output.hide(secret);
  own.masked = (text) => output.masked(text);
  return own;
}

/** A configuration that reads what it was not given is not judged as it will be where it runs. */
function withAsked({ json }: Outcome, asked: ReadonlySet<string>): unknown {
  if (asked.size === 0 || typeof json !== "object" || json === null) return json;
  return { ...json, notGiven: [...asked].slice(0, 20) };
}
