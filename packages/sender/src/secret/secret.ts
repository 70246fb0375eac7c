import { ConfigurationError } from "@countersign/core";
import { checkKeys } from "@countersign/core/checks";

/**
 * Where a secret comes from: a value, an environment variable or a file. The last two go through the readers that
 * the application passes in, so that a tenant's configuration reads only what the application hands out.
 */
export type SecretSource =
  | string
  | Uint8Array
  | {
      /** The name of an environment variable, read through `readers.env` when the endpoint is defined. */
      readonly env: string;
    }
  | {
      /** A path, read through `readers.file` when the endpoint is defined. A newline at the end is taken off. */
      readonly file: string;
    };

/** What the application lets configurations read. A reader that is absent reads nothing. */
export interface Readers {
  /** An environment variable's value, or `undefined` when there is none (or none that may be read). */
  readonly env?: (name: string) => string | undefined;
  /** A file's text. A newline at its end is taken off. */
  readonly file?: (path: string) => string;
}

/** Reads one secret. @throws ConfigurationError that names the option, never the value */
export function readSecret(source: SecretSource, readers: Readers, option: string): string | Uint8Array {
  const value = source === undefined ? "" : fetchSecret(source, readers, option);
  if (value.length === 0) {
    throw new ConfigurationError(option, `${option} is missing or empty. ${questionAbout(source)}`, "empty_secret");
  }
  return value;
}

/** The same, as text. */
export function readText(source: SecretSource, readers: Readers, option: string): string {
  const value = readSecret(source, readers, option);
  return typeof value === "string" ? value : Buffer.from(value).toString("utf8");
}

/** What is nearly always the cause. */
function questionAbout(source: SecretSource | undefined): string {
  if (typeof source === "object" && "env" in source) return `Is the environment variable ${quote(source.env)} set?`;
  if (typeof source === "object" && "file" in source) return "Is there a secret in the file?";
  return "Is the environment variable set?";
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 128));
}

function fetchSecret(source: SecretSource, readers: Readers, option: string): string | Uint8Array {
  if (typeof source === "string") return source;
  if (source instanceof Uint8Array) return Uint8Array.from(source);
  const { env, file } = (source ?? {}) as { env?: unknown; file?: unknown };
  if (env !== undefined || file !== undefined) checkKeys(source, ["env", "file"], option);
  if (typeof env === "string" && file === undefined) return readEnvironment(env, readers, option);
  if (typeof file === "string" && env === undefined) return readFile(file, readers, option);
  throw new ConfigurationError(option, `${option} must be a string, bytes, { env: "NAME" } or { file: "path" }.`);
}

function readEnvironment(name: string, readers: Readers, option: string): string {
  if (readers.env === undefined) throw noReader(option, "env");
  const value = askReader(() => readers.env?.(name), "readers.env", option);
  if (value === undefined) {
    throw new ConfigurationError(
      option,
      `${option} is missing: nothing may be read under that name. Is the environment variable ${quote(name)} set?`,
      "secret_unavailable",
    );
  }
  return value;
}

/** A reader of the application's own that throws, or gives something else than text. The message is not quoted. */
function askReader(read: () => unknown, reader: string, option: string): string | undefined {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    const kind = error instanceof Error ? error.name : "something";
    throw new ConfigurationError(option, `${option} could not be read: ${reader} threw ${kind}.`, "secret_unavailable");
  }
  if (value === undefined || typeof value === "string") return value;
  throw new ConfigurationError(option, `${option} could not be read: ${reader} gave no text.`, "secret_unavailable");
}

function readFile(path: string, readers: Readers, option: string): string {
  if (readers.file === undefined) throw noReader(option, "file");
  const text = askReader(() => readers.file?.(path), "readers.file", option);
  if (text !== undefined) return text.replace(/\r?\n$/, "");
  throw new ConfigurationError(option, `${option} names a file that could not be read.`, "secret_unavailable");
}

function noReader(option: string, reader: "env" | "file"): ConfigurationError {
  return new ConfigurationError(
    option,
    `${option} names ${reader === "env" ? "an environment variable" : "a file"}, but none may be read. Pass readers.${reader} to allow it.`,
    "no_reader",
  );
}
