import { checkBoolean, checkFunction, checkInteger, checkOptions, type KeysOf } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { type ClockOption, resolveClock } from "../time/clock.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import type { KeySourceError } from "./error.ts";
import { SHORTEST } from "./freshness.ts";
import type { KeyFetch } from "./get.ts";
import type { SourceSettings } from "./source.ts";

/** How keys are fetched, and for how long they are used. Every default is meant to be right. */
export interface KeySourceOptions {
  /** What fetches. @default the platform's `fetch` */
  readonly fetch?: KeyFetch;
  /** Where time comes from. @default the platform's */
  readonly clock?: ClockOption;
  /** How long one fetch may take in all. @default "5s" */
  readonly timeout?: Duration;
  /** The longest answer that is read, in bytes. @default 262144 */
  readonly limit?: number;
  /**
   * For how long an answer is fresh at most, one minute at least. `Cache-Control` may say less, but not less than a
   * minute; where it says nothing, it is ten minutes. For as long again old keys are used while new ones are fetched;
   * then requests wait for the fetch. @default "1h"
   */
  readonly maxAge?: Duration;
  /**
   * For how long after the last good answer its keys are used while the source fails. A key that its owner took back
   * meanwhile proves for as long. @default "24h"
   */
  readonly keep?: Duration;
  /** Headers of each fetch, such as an `authorization`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Lets the URL be plain http on this machine, for tests. @default false */
  readonly allowLoopback?: boolean;
  /** Told of each fetch that failed, also while old keys still serve. It holds no secret. */
  readonly onFailure?: (error: KeySourceError) => unknown;
}

const KEYS: KeysOf<KeySourceOptions> = {
  fetch: "optional",
  clock: "optional",
  timeout: "optional",
  limit: "optional",
  maxAge: "optional",
  keep: "optional",
  headers: "optional",
  allowLoopback: "optional",
  onFailure: "optional",
};

// Read at each call: test libraries replace it.
const platformFetch: KeyFetch = (url, init) => (globalThis as unknown as { fetch: KeyFetch }).fetch(url, init);

/** Options checked, with their defaults. @throws ConfigurationError */
export function resolveOptions(options: KeySourceOptions): SourceSettings & { readonly allowLoopback: boolean } {
  checkOptions(options, KEYS, "");
  const { fetch = platformFetch, timeout = "5s", limit = 262_144, maxAge = "1h", keep = "24h" } = options;
  return {
    fetch: checkFunction(fetch, "fetch"),
    clock: resolveClock(options.clock),
    timeout: parseDuration(timeout, "timeout", 1, 60_000),
    limit: checkInteger(limit, "limit", 1, 16_777_216, "bytes"),
    maxAge: parseDuration(maxAge, "maxAge", SHORTEST, 7 * 86_400_000),
    keep: parseDuration(keep, "keep", 0, 30 * 86_400_000),
    headers: checkHeaders(options.headers),
    allowLoopback: checkBoolean(options.allowLoopback ?? false, "allowLoopback"),
    onFailure: checkFunction(options.onFailure, "onFailure"),
  };
}

function checkHeaders(headers: unknown = {}): Readonly<Record<string, string>> {
  const isRecord = typeof headers === "object" && headers !== null && !Array.isArray(headers);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const isValue = (value: unknown) => typeof value === "string" && !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value);
  if (isRecord && Object.values(headers).every(isValue)) return { ...headers };
  throw new ConfigurationError("headers", "headers must be an object of header names and their values.");
}
