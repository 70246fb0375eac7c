import { ConfigurationError } from "@countersign/core";
import { checkBoolean, checkText, checkTexts } from "@countersign/core/checks";
import { type AuthOptions, readVariable, type SecretSource } from "@countersign/sender";
import { readFields, readHeaders, readObject, readUrl } from "../document/fields.ts";
import type { StalwartContext, StalwartWebhook } from "./config.ts";
import { readStalwartDuration } from "./duration.ts";
import { stalwartEventTypes } from "./events.ts";
import { checkEvent } from "./object.ts";
import { basic, checkUnmasked, resolveSecret } from "./secret.ts";
import { fits } from "./wanted.ts";

const KEYS = [
  "url",
  "events",
  "timeout",
  "throttle",
  "discard-after",
  "signature-key",
  "headers",
  "allow-invalid-certs",
  "lossy",
  "auth",
] as const;
type Given = { readonly [Key in (typeof KEYS)[number]]?: unknown };

/** A variable in a value: `%{env:NAME}%`, `%{file:path}%`, `%{cfg:key}%`. */
const VARIABLE = /%\{(env|file|cfg):([^}]*)\}%/g;

/**
 * Reads the form of Stalwart up to 0.15: `[webhook."id"]` in TOML.
 *
 * @param file the whole of the file, for `%{cfg:key}%`
 * @throws ConfigurationError
 */
export function readWebhookSection(
  section: unknown,
  name: string,
  path: string,
  file: object,
  context: StalwartContext,
): StalwartWebhook {
  const given = readFields<Given>(section, KEYS, path);
  const at = (key: string) => `${path}.${key}`;
  const expand = (value: unknown, option: string) => expandVariables(value, option, file, context);
  const own = context.secrets?.[name] ?? {};
  const duration = (key: "timeout" | "throttle" | "discard-after", otherwise: number) =>
    given[key] === undefined ? otherwise : readStalwartDuration(expand(given[key], at(key)), at(key));
  const key = given["signature-key"];
  return {
    name,
    url: readUrl(expand(given.url, at("url")), at("url")),
    events: readEvents(given.events ?? [], at("events")),
    policy: "include",
    // A webhook has no level of its own here, so nothing is too small.
    level: "trace",
    timeout: duration("timeout", 30_000),
    throttle: duration("throttle", 1_000),
    discardAfter: duration("discard-after", 300_000),
    lossy: flag(given.lossy, at("lossy")),
    enable: true,
    allowInvalidCerts: flag(given["allow-invalid-certs"], at("allow-invalid-certs")),
    key: own.signatureKey ?? (key === undefined ? undefined : secretOf(key, at("signature-key"), file, context)),
    auth: readOldAuth(given.auth, at("auth"), file, context, own.httpAuth),
    headers: readHeaderList(given.headers ?? [], at("headers"), expand),
  };
}

/** Whether a name or pattern stands for any of today's event types. */
export function matchesAny(pattern: string): boolean {
  if (!pattern.includes("*")) return true;
  return stalwartEventTypes.some((type) => fits(type, pattern));
}

/** Exact names, `*`, and one star at one end: `auth.*`, `*.error`. */
function readEvents(value: unknown, path: string): readonly string[] {
  const list = typeof value === "string" ? [value] : checkTexts(value, path);
  return list.map((name, index) => {
    const option = typeof value === "string" ? path : `${path}[${index}]`;
    if (!name.includes("*")) return checkEvent(name, option);
    if (/^(?:\*|\*[^*]+|[^*]+\*)$/.test(name)) return name;
    throw new ConfigurationError(option, `${option} is ${JSON.stringify(name)}. Stalwart takes one star, at one end.`);
  });
}

function flag(value: unknown, path: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  return checkBoolean(value ?? false, path);
}

/** `username` with `secret` goes before `token`. */
function readOldAuth(
  value: unknown,
  path: string,
  file: object,
  context: StalwartContext,
  own: SecretSource | undefined,
): AuthOptions | undefined {
  if (value === undefined) return undefined;
  const { username, secret, token } = readFields<Record<string, unknown>>(value, ["username", "secret", "token"], path);
  if (username !== undefined && secret !== undefined) {
    const user = expandVariables(username, `${path}.username`, file, context);
    return basic(user, own ?? secretOf(secret, `${path}.secret`, file, context), `${path}.username`);
  }
  if (token !== undefined) return { kind: "bearer", token: own ?? secretOf(token, `${path}.token`, file, context) };
  throw new ConfigurationError(path, `${path} needs username and secret, or token.`);
}

/** `"Name: value"`, split at the first colon. */
function readHeaderList(
  value: unknown,
  path: string,
  expand: (value: unknown, option: string) => unknown,
): Record<string, string> {
  const list = typeof value === "string" ? [value] : checkTexts(value, path);
  const pairs = list.map((line, index) => {
    const option = `${path}[${index}]`;
    const text = String(expand(line, option));
    const colon = text.indexOf(":");
    if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()] as const;
    throw new ConfigurationError(option, `${option} must be "Name: value".`, "malformed_header");
  });
  return readHeaders(Object.fromEntries(pairs), path);
}

/** A value that is one variable and nothing else stays a source, so that the sender's own readers read it. */
function secretOf(value: unknown, path: string, file: object, context: StalwartContext): SecretSource {
  const text = checkUnmasked(checkText(value, path), path);
  const whole = /^%\{(env|file):([^}]+)\}%$/.exec(text);
  if (whole === null) return checkText(expandVariables(text, path, file, context), path);
  const source = whole[1] === "env" ? { env: whole[2] as string } : { file: whole[2] as string };
  return resolveSecret(source, path, context.readers);
}

function expandVariables(value: unknown, path: string, file: object, { readers }: StalwartContext): unknown {
  if (typeof value !== "string") return value;
  return value.replace(VARIABLE, (_whole, kind: string, name: string) => {
    if (kind === "env") return readVariable(name, readers?.env, path);
    if (kind === "cfg") return readSetting(file, name, path);
    if (readers?.file === undefined) {
      throw new ConfigurationError(
        path,
        `${path} names a file, but none may be read. Pass context.readers.file.`,
        "no_reader",
      );
    }
    return readers.file(name).trimEnd();
  });
}

/** A key of the file itself, with dots. */
function readSetting(file: object, key: string, path: string): string {
  let value: unknown = file;
  for (const step of key.split(".")) {
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? readObject(value, path)[step]
        : undefined;
  }
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new ConfigurationError(path, `${path} names the setting ${JSON.stringify(key)}, which the file does not have.`);
}
