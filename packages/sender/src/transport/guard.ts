import { ConfigurationError } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { type AddressBlock, judgeAddress, parseBlocks } from "./addresses.ts";

/** Where a sender may connect. Whatever it does not open stays shut. */
export interface GuardOptions {
  /**
   * CIDR blocks that may be reached although they are special: `["10.20.0.0/16"]`. A cloud metadata address must be
   * named by itself, as a /32 or /128. An IPv4 block does not open the IPv4-mapped IPv6 spelling.
   * @default []
   */
  readonly allow?: readonly string[];
  /**
   * Host names that may be used although they look internal: `"localhost"`, `"*.internal"`. The addresses that they
   * resolve to are judged all the same.
   * @default []
   */
  readonly allowNames?: readonly string[];
  /** @default ["https"] */
  readonly schemes?: readonly ("https" | "http")[];
  /** Ports that may be used; `"web"` is 80, 443 and everything from 1024. @default "web" */
  readonly ports?: readonly number[] | "web";
}

/**
 * `"development"` is for a receiver on the same machine: http as well as https, `localhost` and the loopback
 * addresses, and nothing else that is private. It is refused where `NODE_ENV` is "production".
 */
export type GuardOption = GuardOptions | "development";

const DEVELOPMENT: GuardOptions = {
  allow: ["127.0.0.0/8", "::1/128"],
  allowNames: ["localhost", "*.localhost"],
  schemes: ["https", "http"],
};
const HINT = 'for a receiver on this machine, during development, use guard: "development"';

/** The same, checked and with its defaults. */
export interface Guard {
  readonly allow: readonly AddressBlock[];
  readonly allowNames: readonly string[];
  readonly schemes: readonly string[];
  readonly ports: readonly number[] | "web";
}

const KEYS: KeysOf<GuardOptions> = {
  allow: "optional",
  allowNames: "optional",
  schemes: "optional",
  ports: "optional",
};
const NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * Checks the options.
 *
 * @param mode what the process is for. Default: `NODE_ENV`, read only where it matters, because Deno asks about it
 * @throws ConfigurationError
 */
export function defineGuard(given: GuardOption = {}, option = "guard", mode?: string): Guard {
  const options = given === "development" ? developmentOptions(option, mode) : given;
  checkOptions(options, KEYS, option);
  const allowNames = options.allowNames ?? [];
  if (!Array.isArray(allowNames)) {
    throw new ConfigurationError(`${option}.allowNames`, `${option}.allowNames must be a list of host names.`);
  }
  for (const [index, name] of allowNames.entries()) {
    if (typeof name !== "string" || !NAME.test(name)) {
      throw new ConfigurationError(
        `${option}.allowNames[${index}]`,
        `${option}.allowNames[${index}] must be a lower-case host name such as "localhost" or "*.internal".`,
      );
    }
  }
  return Object.freeze({
    allow: parseBlocks(options.allow ?? [], `${option}.allow`),
    allowNames: [...allowNames],
    schemes: checkSchemes(options.schemes ?? ["https"], `${option}.schemes`),
    ports: checkPorts(options.ports ?? "web", `${option}.ports`),
  });
}

function developmentOptions(option: string, mode = process.env.NODE_ENV): GuardOptions {
  if (mode !== "production") return DEVELOPMENT;
  throw new ConfigurationError(
    option,
    `${option} is "development", but NODE_ENV is "production". Leave ${option} out, or allow what is needed by address: { allow: ["10.1.2.3/32"] }.`,
  );
}

/** @throws ConfigurationError */
export function checkSchemes(schemes: readonly string[], option: string): readonly string[] {
  if (!Array.isArray(schemes) || schemes.length === 0 || schemes.some((one) => one !== "https" && one !== "http")) {
    throw new ConfigurationError(option, `${option} must list "https", "http" or both.`);
  }
  return [...schemes];
}

/** @throws ConfigurationError */
export function checkPorts(ports: readonly number[] | "web", option: string): readonly number[] | "web" {
  if (ports === "web") return ports;
  if (
    !Array.isArray(ports) ||
    ports.length === 0 ||
    ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)
  ) {
    throw new ConfigurationError(option, `${option} must be "web" or a list of port numbers from 1 to 65535.`);
  }
  return [...ports];
}

/** Judges what a URL says by itself, before any look-up. `undefined` is a pass; otherwise the reason it is refused. */
export function judgeUrl(url: URL, guard: Guard): string | undefined {
  const scheme = url.protocol.slice(0, -1);
  if (!guard.schemes.includes(scheme)) {
    const hint = isThisMachine(url.hostname) ? `; ${HINT}` : "";
    return `the scheme "${scheme}" is not allowed; use ${guard.schemes.join(" or ")}, or allow it with guard.schemes${hint}`;
  }
  const port = portOf(url);
  if (!opensPort(guard.ports, port)) return `port ${port} is not allowed; use ${describePorts(guard.ports)}`;
  return judgeHost(url.hostname, guard);
}

/** Whether a port is among those of a guard. */
export function opensPort(ports: Guard["ports"], port: number): boolean {
  return ports === "web" ? port === 80 || port === 443 || port >= 1024 : ports.includes(port);
}

/** Judges a host as `URL.hostname` spells it: a literal address (IPv6 in brackets) or a name. */
export function judgeHost(hostname: string, guard: Guard): string | undefined {
  const literal = literalAddress(hostname);
  if (literal !== undefined) {
    const special = judgeAddress(literal, guard.allow);
    return special === undefined
      ? undefined
      : `the address is ${special}; add it to guard.allow if that is intended${hintFor(literal)}`;
  }
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (guard.allowNames.some((pattern) => matchesName(name, pattern))) return undefined;
  if (isThisMachine(name)) {
    return `${name} is this machine; add it to guard.allowNames, and its address to guard.allow, if that is intended; ${HINT}`;
  }
  if (!name.includes(".")) return "a name without a dot is internal; add it to guard.allowNames if that is intended";
  if (/\.(?:localhost|local|internal)$/.test(name)) {
    return "names under .localhost, .local and .internal are internal; add it to guard.allowNames if that is intended";
  }
  return undefined;
}

/** What may follow a sentence about an address that the guard refused: how to allow a receiver of this machine. */
export function hintFor(address: string): string {
  return isLoopback(address) ? `; ${HINT}` : "";
}

function isThisMachine(hostname: string): boolean {
  const literal = literalAddress(hostname);
  if (literal !== undefined) return isLoopback(literal);
  return /^(?:.+\.)?localhost\.?$/i.test(hostname);
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^127\./.test(address);
}

/** The address inside a literal host, or `undefined` for a name. */
export function literalAddress(hostname: string): string | undefined {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  // The URL parser has already turned every spelling of an IPv4 address into four decimal parts.
  return /^\d+(?:\.\d+){3}$/.test(hostname) ? hostname : undefined;
}

/** The port that a URL connects to. */
export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function matchesName(name: string, pattern: string): boolean {
  return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
}

function describePorts(ports: readonly number[] | "web"): string {
  return ports === "web" ? "80, 443 or one from 1024" : ports.join(", ");
}
