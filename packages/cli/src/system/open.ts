import { isIP } from "node:net";
import { ConfigurationError } from "@countersign/core";
import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import type { Context } from "../command-line/command.ts";
import { nearest } from "../command-line/nearest.ts";
import { readInput } from "../request/source.ts";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";
import { problemOf, type Read, whereOf } from "./problem.ts";
import { forOperators } from "./sentences.ts";
import { type Loaded, SYSTEMS, type System, type Tools } from "./systems.ts";

/** A configuration, and the system whose it is. */
export interface Opened extends Loaded {
  readonly system: System;
  /** The configuration itself. */
  readonly text: string;
}

/**
 * Reads a configuration by its own system's rules.
 *
 * @throws ConfigurationError for what is wrong in it, with line and column
 * @throws Failure when it cannot be read, or nobody's it looks like
 */
export async function openConfiguration(path: string, context: Context): Promise<Opened> {
  const { given, output, world } = context;
  const text = Buffer.from(await readInput(path, world, output)).toString("utf8");
  const system = systemOf(text, given.text("system"));
  const loaded = await system.load(text, toolsOf(context));
  const notes = loaded.notes.map(({ option, message }) => ({ option, message: forOperators(message) }));
  return { ...loaded, notes, system, text };
}

/** The same where the configuration is taken for granted. @throws Failure */
export async function openRight(path: string, context: Context): Promise<Opened> {
  try {
    return await openConfiguration(path, context);
  } catch (error) {
    throw error instanceof ConfigurationError ? wrong(error, { path }) : error;
  }
}

/** What is wrong with a configuration, as the end of a command. */
function wrong(error: ConfigurationError, read: Read): Failure {
  const problem = problemOf(error, read);
  return new Failure("input", "wrong_configuration", plain(problem.message), plain(whereOf(problem), 500));
}

function systemOf(text: string, named: string | undefined): System {
  const names = SYSTEMS.map(({ name }) => name);
  if (named !== undefined) {
    const system = SYSTEMS.find(({ name }) => name === named);
    if (system !== undefined) return system;
    const meant = nearest(named, names);
    throw new Failure(
      "usage",
      "unknown_system",
      "There is no such system.",
      meant === undefined ? `One of ${names.join(", ")}.` : `Did you mean ${meant}?`,
    );
  }
  const fitting = SYSTEMS.filter(({ looks }) => looks.test(text));
  if (fitting.length === 1) return fitting[0] as System;
  const found = fitting.map(({ name }) => name);
  throw new Failure(
    "input",
    "unknown_system",
    found.length === 0
      ? "It looks like the configuration of none of the five systems."
      : `It could be that of ${found.join(" or ")}.`,
    "Say whose it is: --system NAME.",
  );
}

function toolsOf({ given, output, world }: Context): Tools {
  const secrets = given.texts("secret-env").map((one): [string, string] => {
    const [, id = "", name = ""] = /^([^=]+)=([A-Za-z_]\w*)$/.exec(one) ?? [];
    const value = world.env[name];
    if (value === undefined || value === "") {
      throw new Failure(
        "usage",
        "secret_unavailable",
        "--secret-env names a variable that is not set.",
        "--secret-env ID=VARIABLE: the webhook's id, and the variable that holds its secret.",
      );
    }
    output.hide(value);
    return [id, value];
  });
  return {
    env(name) {
      const value = world.env[name];
      if (value !== undefined) output.hide(value);
      return value;
    },
    file(path) {
      const text = world.file(path).replace(/\r?\n$/, "");
      output.hide(text);
      return text;
    },
    secrets: Object.fromEntries(secrets),
    tailnet: given.text("tailnet") ?? "example.com",
    sources: given.texts("source"),
  };
}

/**
 * A sender over the configuration. Its own hosts may be called, by http too where the system allows it; special addresses
 * only where `--allow` opens them.
 *
 * @throws ConfigurationError
 */
export function senderOf(
  { endpoints }: Pick<Loaded, "endpoints">,
  { given, world }: Context,
  options: Pick<SenderOptions, "transport"> & { readonly loopback?: boolean } = {},
): Sender {
  const hosts = endpoints.map(({ url }) => new URL(url).hostname.toLowerCase());
  const { loopback = false, ...rest } = options;
  return createSender({
    endpoints,
    guard: {
      schemes: ["https", "http"],
      allowNames: [...new Set(hosts.filter((host) => isIP(host) === 0 && !host.startsWith("[")))],
      allow: [...given.texts("allow"), ...(loopback ? ["127.0.0.0/8", "::1/128"] : [])],
    },
    readers: {
      env: (name) => world.env[name],
      file: (path) => world.file(path).replace(/\r?\n$/, ""),
    },
    ...rest,
  });
}

/** The same where the configuration is taken for granted. @throws Failure */
export function rightSenderOf(
  path: string,
  opened: Pick<Opened, "endpoints" | "text">,
  context: Context,
  options: Parameters<typeof senderOf>[2] = {},
): Sender {
  try {
    return senderOf(opened, context, options);
  } catch (error) {
    throw error instanceof ConfigurationError
      ? wrong(error, { path, text: opened.text, endpoints: opened.endpoints })
      : error;
  }
}
