import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkText } from "@countersign/core/checks";
import type { AuthOptions, SecretSource } from "@countersign/sender";
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
export function readSecret(secret: unknown, option: string, own?: SecretSource): SecretSource | undefined {
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
  return make(checkUnmasked(checkText(fields[field], path), path));
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
      return basic(username, needed(secret, `${option}.secret`, own.httpAuth), `${option}.username`);
    }
    case "Bearer": {
      const { bearerToken } = readFields<Record<string, unknown>>(auth, ["@type", "bearerToken"], option);
      return { kind: "bearer", token: needed(bearerToken, `${option}.bearerToken`, own.httpAuth) };
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

function needed(secret: unknown, option: string, own: SecretSource | undefined): SecretSource {
  const source = readSecret(secret, option, own);
  if (source !== undefined) return source;
  throw new ConfigurationError(option, `${option} is None. Give the secret, or use Unauthenticated.`);
}
