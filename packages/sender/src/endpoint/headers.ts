import { ConfigurationError } from "@countersign/core";
import { checkKeys, checkOptions, type KeysOf, type Table, table } from "@countersign/core/checks";
import { type Readers, readText, type SecretSource } from "../secret/secret.ts";

/** Headers that belong to the connection or to the client. Set by hand, they break the request or smuggle another. */
const RESERVED: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "http2-settings",
]);

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const LONGEST = 8_192;
const MOST = 64;

/**
 * A credential that every request carries as it is, unsigned: HTTP Basic (RFC 7617), a bearer token (RFC 6750), or any
 * header: `{ kind: "header", name: "x-api-key", value }`, `{ …, prefix: "Token token=" }`.
 */
export type AuthOptions =
  | {
      readonly kind: "basic";
      /** Without a colon, which ends it on the wire (RFC 7617). */
      readonly username: string;
      /** Masked wherever a request or an answer is shown. */
      readonly password: SecretSource;
    }
  | {
      readonly kind: "bearer";
      /** What follows `Bearer `, masked wherever it would be shown. */
      readonly token: SecretSource;
    }
  | {
      readonly kind: "header";
      /** The header that carries the credential: `"x-api-key"`. */
      readonly name: string;
      /** The credential itself, one line of Latin-1, masked wherever it would be shown. */
      readonly value: SecretSource;
      /** Written before the credential, and not secret: `"Token token="`. Default: nothing. */
      readonly prefix?: string;
    };

type Kind<Name extends AuthOptions["kind"]> = Extract<AuthOptions, { kind: Name }>;

const KEYS: Table<object> = table({
  basic: { kind: "required", username: "required", password: "required" } satisfies KeysOf<Kind<"basic">>,
  bearer: { kind: "required", token: "required" } satisfies KeysOf<Kind<"bearer">>,
  header: { kind: "required", name: "required", value: "required", prefix: "optional" } satisfies KeysOf<
    Kind<"header">
  >,
});

/** Names that an endpoint's own headers must leave alone, and who writes them. */
export type Taken = ReadonlyMap<string, string>;

/** Name, value, name, value …, and the values that must never be shown. */
export interface CheckedHeaders {
  readonly list: readonly string[];
  readonly secrets: readonly string[];
}

/** Checks custom headers. Every value may be a secret: none is ever shown. @throws ConfigurationError */
export function checkHeaders(
  headers: Readonly<Record<string, SecretSource>> | undefined,
  taken: Taken,
  readers: Readers,
  option: string,
): CheckedHeaders {
  if (headers === undefined) return { list: [], secrets: [] };
  const names = Object.keys(headers);
  checkKeys(headers, names, option);
  if (names.length > MOST) throw new ConfigurationError(option, `${option} may have at most ${MOST} headers.`);
  const seen = new Set<string>();
  const list: string[] = [];
  const secrets: string[] = [];
  for (const name of names) {
    const path = `${option}.${name.slice(0, 64)}`;
    const lower = checkName(name, path);
    const owner = taken.get(lower);
    if (owner !== undefined) {
      throw new ConfigurationError(path, `${path} is set by ${owner}; remove it from headers.`, "reserved_header");
    }
    if (seen.has(lower))
      throw new ConfigurationError(path, `${path} appears twice, in different cases; keep one.`, "malformed_header");
    seen.add(lower);
    const value = checkValue(readText(headers[name] as SecretSource, readers, path), path);
    list.push(name, value);
    secrets.push(...parts(value));
  }
  return { list, secrets };
}

/** Checks credentials. @throws ConfigurationError */
export function checkAuth(auth: AuthOptions | undefined, readers: Readers, option: string): CheckedHeaders {
  if (auth === undefined) return { list: [], secrets: [] };
  checkKeys(auth, Object.keys(auth ?? {}), option);
  const keys = typeof auth.kind === "string" ? KEYS[auth.kind] : undefined;
  if (keys === undefined) {
    throw new ConfigurationError(`${option}.kind`, `${option}.kind must be "basic", "bearer" or "header".`);
  }
  checkOptions(auth, keys, option);
  switch (auth.kind) {
    case "basic": {
      if (typeof auth.username !== "string" || auth.username.includes(":")) {
        throw new ConfigurationError(
          `${option}.username`,
          `${option}.username must be a string without a colon (RFC 7617).`,
        );
      }
      const password = readText(auth.password, readers, `${option}.password`);
      const pair = `${auth.username}:${password}`;
      const encoded = Buffer.from(pair, "utf8").toString("base64");
      return { list: ["authorization", `Basic ${encoded}`], secrets: [password, pair, encoded] };
    }
    case "bearer": {
      const token = checkValue(readText(auth.token, readers, `${option}.token`), `${option}.token`);
      return { list: ["authorization", `Bearer ${token}`], secrets: [token] };
    }
    case "header": {
      checkName(auth.name, `${option}.name`);
      const value = checkValue(readText(auth.value, readers, `${option}.value`), `${option}.value`);
      const prefix = checkValue(auth.prefix ?? "", `${option}.prefix`, true);
      return { list: [auth.name, prefix + value], secrets: [value] };
    }
  }
}

/** Whether it could stand among an endpoint's own headers, if none of that name is there. */
export function isHeader(name: string, value: string): boolean {
  try {
    checkName(name, "header");
    checkValue(value, "header");
    return true;
  } catch {
    return false;
  }
}

function checkName(name: unknown, option: string): string {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new ConfigurationError(
      option,
      `${option} is not a header name: only letters, digits and !#$%&'*+.^_\`|~- are allowed.`,
      "malformed_header",
    );
  }
  const lower = name.toLowerCase();
  if (RESERVED.has(lower)) {
    throw new ConfigurationError(
      option,
      `${option} belongs to the connection and is set by the client; remove it.`,
      "reserved_header",
    );
  }
  return lower;
}

function checkValue(value: unknown, option: string, edgesAllowed = false): string {
  if (typeof value !== "string")
    throw new ConfigurationError(option, `${option} must be a string.`, "malformed_header");
  if (value.length > LONGEST) {
    throw new ConfigurationError(option, `${option} must be at most ${LONGEST} characters.`, "malformed_header");
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value) || (!edgesAllowed && value !== value.trim())) {
    throw new ConfigurationError(
      option,
      `${option} must be one line of Latin-1 text with no spaces at either end and no control characters.`,
      "malformed_header",
    );
  }
  return value;
}

/** A header's value, and the credential in it behind a scheme's word or a `key=`. */
function parts(value: string): string[] {
  const found = [value];
  for (const piece of value.split(/[\s=,;:"]+/)) if (piece.length >= 6) found.push(piece);
  return found.filter((one) => !HARMLESS.test(one));
}

const HARMLESS = /^(?:bearer|basic|token|application\/[a-z+.-]+|text\/[a-z]+|charset|utf-8|true|false|\d{1,3})$/i;
