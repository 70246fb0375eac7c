import { checkChoice, checkFunction, checkInteger, checkOptions, type KeysOf } from "../errors/checks.ts";
import {
  ConfigurationError,
  defaultStatus,
  type WebhookError,
  type WebhookErrorCode,
  webhookErrorCodes,
} from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { type ReplayOption, type ReplaySettings, resolveReplay } from "../replay/settings.ts";
import type { Window } from "../replay/window.ts";
import { compileSignature, type SignatureScheme } from "../scheme/compile.ts";
import type { EncodingPolicy, HandshakeSetting, PayloadKind, Provider } from "../scheme/provider.ts";
import { type Key, keyMaker } from "../secret/keys.ts";
import { KeyCache, type SecretLookup, type Secrets, secretList } from "../secret/secrets.ts";
import { type Clock, type ClockOption, resolveClock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { type Duration, LONGEST_TIMER, parseDuration } from "../time/duration.ts";
import type { Delivery } from "./delivery.ts";
import type { StandardSchema } from "./schema.ts";

/** What happens to a delivery that was handled before. */
export type OnDuplicate = "success" | "handle" | "refuse";

/** How a refusal is told to your own code, never to the sender. The error and the request hold the sender's own words. */
export type OnReject<Context = unknown> = (
  error: WebhookError,
  request: RequestHead,
  context: Context | undefined,
) => unknown;

export interface VerifierOptions<
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
> {
  /**
   * What proves the sender: one secret, several during a rotation (any may verify), or a function that finds the one
   * of a request. For Ed25519 the public key; for static credentials the token.
   */
  readonly secret: Secrets | SecretLookup<Context>;
  /**
   * How far a signed time may lie from now, in both directions or in each: `"5m"`, `{ past: "25h", future: "1m" }`.
   * Default: the provider's. There is no way to switch the check off; test old fixtures with `clock`.
   */
  readonly tolerance?: Duration | { readonly past?: Duration; readonly future?: Duration };
  /** How much the clocks of your own machines may disagree; default `"30s"`. Lengthens what the replay store remembers, never the window. */
  readonly skew?: Duration;
  /** The largest body, in bytes, inflated too. Default 1 MiB (1,048,576). */
  readonly limit?: number;
  /** How the body becomes a payload. Default: the provider's. */
  readonly payload?: Kind;
  /** Any Standard Schema validator (zod, valibot, arktype …), run on the proven payload. Its output is the payload. */
  readonly schema?: Schema;
  /** What becomes of a body with a `Content-Encoding`. Default: the provider's, mostly `"refuse"`. */
  readonly encoding?: EncodingPolicy;
  /**
   * The URL that the provider calls, for schemes that sign it: an origin such as `"https://example.com"` (with the
   * path that a proxy strips, if it does), or a function. Needed where requests show only their path.
   */
  readonly publicUrl?: string | ((request: RequestHead) => string);
  /** Remembers what was handled: a store, or a store with its settings. Off unless given. */
  readonly replay?: ReplayOption<Context>;
  /** Handled before: `"success"` answers 200 without the handler (default), `"handle"` hands it over marked, `"refuse"` answers 409. */
  readonly onDuplicate?: OnDuplicate;
  /** When the replay store fails: `"closed"` answers 503 (default), `"open"` accepts. Reported in both cases. */
  readonly onStoreFailure?: "closed" | "open";
  /** Your own idempotency key from a proven delivery, and what a missing one means: default `"accept"`. */
  readonly key?: KeyOption;
  /** Statuses other than the default ones: one for all, or by code. `{ timestamp_too_old: 204 }` lets Tailscale's queue go on. */
  readonly status?: number | { readonly [Code in WebhookErrorCode]?: number };
  /** `"auto"`: the adapter commits on 2xx and releases otherwise. `"manual"`: you call `commit()` or `release()`. */
  readonly settle?: "auto" | "manual";
  /** How long a body may take to arrive; default `"30s"`. */
  readonly timeout?: Duration;
  /** Where the time comes from; default the system's. */
  readonly clock?: ClockOption;
  /** Told of each refusal. What it throws changes no answer. */
  readonly onReject?: OnReject<Context>;
  /** For providers with a handshake: Meta's verify token, or a function that takes the secret that Asana chooses. */
  readonly handshake?: HandshakeSetting;
}

export type KeyOption =
  | ((delivery: Delivery<never>) => string | undefined)
  | { readonly from?: (delivery: Delivery<never>) => string | undefined; readonly missing?: "accept" | "refuse" };

/** Options with their defaults, checked, and everything that does not depend on a request prepared. */
export interface Settings {
  readonly provider: Provider;
  readonly signature: SignatureScheme | undefined;
  readonly keys: readonly Key[] | undefined;
  readonly lookup: SecretLookup | undefined;
  keysFrom(secrets: Secrets): readonly Key[];
  readonly window: Window | undefined;
  readonly limit: number;
  readonly payload: PayloadKind;
  /** Whether the payload is handed out in the provider's own kind. */
  readonly native: boolean;
  /** Whether something else needs the provider's own payload: its handshake, its time or its key. */
  readonly needsOwn: boolean;
  readonly schema: StandardSchema | undefined;
  readonly encoding: EncodingPolicy;
  readonly publicUrl: VerifierOptions["publicUrl"];
  readonly replay: ReplaySettings | undefined;
  readonly onDuplicate: OnDuplicate;
  readonly status: (code: WebhookErrorCode) => number;
  readonly manual: boolean;
  readonly timeout: number;
  /** The timeouts of all bodies that are arriving. */
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly onReject: OnReject | undefined;
  readonly methods: readonly string[];
  readonly handshake: HandshakeSetting | undefined;
}

const KEYS: KeysOf<VerifierOptions<any, any>> = {
  secret: "required",
  tolerance: "optional",
  skew: "optional",
  limit: "optional",
  payload: "optional",
  schema: "optional",
  encoding: "optional",
  publicUrl: "optional",
  replay: "optional",
  onDuplicate: "optional",
  onStoreFailure: "optional",
  key: "optional",
  status: "optional",
  settle: "optional",
  timeout: "optional",
  clock: "optional",
  onReject: "optional",
  handshake: "optional",
};

export function resolveOptions(provider: Provider, options: VerifierOptions<any, any, any>): Settings {
  if (
    typeof provider !== "object" ||
    provider === null ||
    typeof provider.name !== "string" ||
    provider.scheme === undefined
  ) {
    throw new ConfigurationError(
      "provider",
      "The first argument must be a provider: one of @countersign/core/providers, or your own from defineProvider().",
    );
  }
  if (typeof options !== "object" || options === null)
    throw new ConfigurationError("options", "The second argument must be an object with at least a secret.");
  checkOptions(options, KEYS, "");

  const clock = resolveClock(options.clock);
  const make = keyMaker(provider.scheme);
  const cache = new KeyCache<Key>(make);
  const lookup = typeof options.secret === "function" ? options.secret : undefined;
  const window = resolveWindow(provider, options.tolerance);
  const limit = checkInteger(options.limit ?? 1_048_576, "limit", 1, undefined, "bytes");
  const skew = parseDuration(options.skew ?? "30s", "skew");
  const timeout = parseDuration(options.timeout ?? "30s", "timeout", 1, LONGEST_TIMER);
  const publicUrl = resolvePublicUrl(options.publicUrl);
  if (options.schema !== undefined && typeof options.schema?.["~standard"]?.validate !== "function") {
    throw new ConfigurationError(
      "schema",
      "schema must be a Standard Schema validator, such as one of zod, valibot or arktype.",
    );
  }
  checkFunction(options.onReject, "onReject");
  checkHandshake(provider, options.handshake);
  const payload = checkChoice(options.payload ?? provider.payload ?? "json", "payload", ["json", "form", "raw"]);
  const onStoreFailure = checkChoice(options.onStoreFailure ?? "closed", "onStoreFailure", ["closed", "open"]);

  return {
    provider,
    signature: provider.scheme.kind === "token" ? undefined : compileSignature(provider.scheme),
    keys: lookup === undefined ? secretList(options.secret as Secrets).map(make) : undefined,
    lookup,
    keysFrom: (secrets) => secretList(secrets).map((secret) => cache.get(secret)),
    window,
    limit,
    payload,
    native: payload === (provider.payload ?? "json"),
    needsOwn:
      provider.handshake?.proven !== undefined ||
      (provider.occurredAt !== undefined && window !== undefined) ||
      (provider.key !== undefined && options.replay !== undefined),
    schema: options.schema,
    encoding: checkChoice(options.encoding ?? provider.encoding ?? "refuse", "encoding", [
      "refuse",
      "compressed",
      "inflated",
    ]),
    publicUrl,
    replay: resolveReplay(provider, options, { window, skew, clock, onStoreFailure }),
    onDuplicate: checkChoice(options.onDuplicate ?? "success", "onDuplicate", ["success", "handle", "refuse"]),
    status: resolveStatus(options.status),
    manual: checkChoice(options.settle ?? "auto", "settle", ["auto", "manual"]) === "manual",
    timeout,
    deadlines: new Deadlines(clock, timeout),
    clock,
    onReject: options.onReject,
    methods: provider.methods ?? ["POST"],
    handshake: options.handshake,
  };
}

/** Ninety days: nobody retries for longer, and a window without an end would be none. */
const WIDEST = 90 * 24 * 3_600_000;

function resolveWindow(provider: Provider, option: VerifierOptions["tolerance"]): Window | undefined {
  const own = provider.scheme.kind === "token" ? undefined : provider.scheme.timestamp?.tolerance;
  const preset = own ?? provider.tolerance;
  if (option === undefined && preset === undefined) return undefined;
  if (own === undefined && provider.occurredAt === undefined) {
    throw new ConfigurationError(
      "tolerance",
      `${provider.name} signs no time, so a tolerance would check nothing. Give a replay store instead: it remembers what was handled.`,
    );
  }
  if (typeof option === "object") {
    checkOptions(option, ["past", "future"], "tolerance");
    const fallback = preset ?? "5m";
    return {
      past: parseDuration(option.past ?? fallback, "tolerance.past", 1, WIDEST),
      future: parseDuration(option.future ?? fallback, "tolerance.future", 1, WIDEST),
    };
  }
  const both = parseDuration((option ?? preset) as Duration, "tolerance", 1, WIDEST);
  return { past: both, future: both };
}

function resolvePublicUrl(option: VerifierOptions["publicUrl"]): VerifierOptions["publicUrl"] {
  if (option === undefined || typeof option === "function") return option;
  if (typeof option !== "string" || !/^https?:\/\/[^/?#\s]+(?:\/[^?#\s]*)?$/.test(option)) {
    throw new ConfigurationError(
      "publicUrl",
      'publicUrl must be an http or https origin, with the path in front of the route if a proxy strips one: "https://example.com".',
    );
  }
  return option.replace(/\/$/, "");
}

function resolveStatus(option: VerifierOptions["status"]): (code: WebhookErrorCode) => number {
  if (option === undefined) return defaultStatus;
  const check = (status: unknown, where: string) => {
    if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
      throw new ConfigurationError(where, `${where} must be a status from 200 to 599.`);
    }
    return status as number;
  };
  if (typeof option === "number") {
    check(option, "status");
    return () => option;
  }
  if (typeof option !== "object")
    throw new ConfigurationError("status", "status must be a number, or an object of numbers by error code.");
  checkOptions(option, webhookErrorCodes, "status");
  const table = new Map(
    Object.entries(option).map(([code, status]) => [code as WebhookErrorCode, check(status, `status.${code}`)]),
  );
  return (code) => table.get(code) ?? defaultStatus(code);
}

function checkHandshake(provider: Provider, option: HandshakeSetting | undefined): void {
  const needs = provider.handshake?.needs;
  if (option === undefined) return;
  if (needs === undefined)
    throw new ConfigurationError("handshake", `${provider.name} has no handshake that needs a setting.`);
  if (typeof option !== (needs === "token" ? "string" : "function") || option === "") {
    throw new ConfigurationError(
      "handshake",
      `handshake must be ${needs === "token" ? "the verify token, a string" : "a function that takes the secret"}.`,
    );
  }
}
