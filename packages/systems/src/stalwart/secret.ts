import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkText } from "@countersign/core/checks";
import type { AuthOptions, Readers, SecretSource } from "@countersign/sender";
import { readFields, readObject } from "../document/fields.ts";
import type { StalwartAuth, StalwartOwnSecrets, StalwartSecret } from "./config.ts";

/** What Stalwart's API writes in the place of every secret. */
const MASKED = "****";

type Make = readonly [field: string | undefined, make: (value: string) => SecretSource];
const KINDS: Readonly<Record<StalwartSecret["@type"], Make>> = {
  None: [undefined, (value) => value],
  Value: ["secret", (value) => value],
  EnvironmentVariable: ["variableName", (env) => ({ env })],
  File: ["filePath", (file) => ({ file })],
};

/** A secret, or `undefined` for none. @param own the application's, which goes before what is written. */
export function readSecret(
  secret: unknown,
  option: string,
  own: SecretSource | undefined,
  readers: Readers | undefined,
): SecretSource | undefined {
  if (secret === undefined || secret === null) return own;
  const kinds = Object.keys(KINDS) as StalwartSecret["@type"][];
  const [field, make] = KINDS[checkChoice(readObject(secret, option)["@type"], `${option}.@type`, kinds)];
  const fields = readFields<Record<string, unknown>>(
    secret,
    field === undefined ? ["@type"] : ["@type", field],
    option,
  );
  if (own !== undefined) return own;
  if (field === undefined) return undefined;
  const path = `${option}.${field}`;
  return resolveSecret(make(checkUnmasked(checkText(fields[field], path), path)), path, readers);
}

/**
 * Reads a secret that is elsewhere, so that an error has the configuration's own name for it. Without readers it is
 * left for the sender's to read.
 *
 * @throws ConfigurationError that says why it cannot be read, never the value
 */
export function resolveSecret(source: SecretSource, option: string, readers: Readers | undefined): SecretSource {
  if (readers === undefined || typeof source === "string" || source instanceof Uint8Array) return source;
  const value =
    "env" in source ? readEnvironment(source.env, option, readers) : readWhole(source.file, option, readers);
  if (value !== "") return value;
  throw new ConfigurationError(option, `${option} is empty where it is kept. Stalwart refuses it too.`, "empty_secret");
}

function readEnvironment(name: string, option: string, { env }: Readers): string {
  const value = env?.(name);
  if (value !== undefined) return value;
  throw new ConfigurationError(
    option,
    `${option} is missing: the environment variable ${JSON.stringify(name)} is not set, or may not be read.`,
    "secret_unavailable",
  );
}

/** A file loses the white space at its end, and no other. */
function readWhole(path: string, option: string, { file }: Readers): string {
  if (file === undefined) {
    throw new ConfigurationError(
      option,
      `${option} names a file, but none may be read. Pass readers.file.`,
      "no_reader",
    );
  }
  try {
    return file(path).trimEnd();
  } catch (error) {
    const { code, name } = error as Error & { code?: unknown };
    const why = typeof code === "string" ? code : name;
    throw new ConfigurationError(
      option,
      `${option} names the file ${JSON.stringify(path)}, which cannot be read (${why}).`,
      "secret_unavailable",
    );
  }
}

/** @throws ConfigurationError for what Stalwart's API shows instead of a secret */
export function checkUnmasked(value: string, option: string): string {
  if (value !== MASKED) return value;
  throw new ConfigurationError(
    option,
    `${option} is "****", which Stalwart shows in the place of a secret. Pass the secret itself in context.secrets, or write the webhook with EnvironmentVariable or File.`,
    "masked_secret",
  );
}

/** The credential of `httpAuth`. */
export function readAuth(
  auth: StalwartAuth | undefined,
  option: string,
  own: StalwartOwnSecrets,
  readers: Readers | undefined,
): AuthOptions | undefined {
  if (auth === undefined) return undefined;
  const type = checkChoice(readObject(auth, option)["@type"], `${option}.@type`, [
    "Unauthenticated",
    "Basic",
    "Bearer",
  ]);
  switch (type) {
    case "Unauthenticated":
      readFields(auth, ["@type"], option);
      return undefined;
    case "Basic": {
      const { username, secret } = readFields<Record<string, unknown>>(auth, ["@type", "username", "secret"], option);
      return basic(username, needed(secret, `${option}.secret`, own.httpAuth, readers), `${option}.username`);
    }
    case "Bearer": {
      const { bearerToken } = readFields<Record<string, unknown>>(auth, ["@type", "bearerToken"], option);
      return { kind: "bearer", token: needed(bearerToken, `${option}.bearerToken`, own.httpAuth, readers) };
    }
  }
}

/** Basic, whose user name may not have a colon. */
export function basic(username: unknown, password: SecretSource, option: string): AuthOptions {
  const user = checkText(username, option);
  if (user.includes(":")) {
    throw new ConfigurationError(option, `${option} must not have a colon, which ends it on the wire (RFC 7617).`);
  }
  return { kind: "basic", username: user, password };
}

function needed(
  secret: unknown,
  option: string,
  own: SecretSource | undefined,
  readers: Readers | undefined,
): SecretSource {
  const source = readSecret(secret, option, own, readers);
  if (source !== undefined) return source;
  throw new ConfigurationError(option, `${option} is None. Give the secret, or use Unauthenticated.`);
}
