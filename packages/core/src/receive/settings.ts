import { checkChoice, checkFunction, checkInteger, checkOptions, type KeysOf } from "../errors/checks.ts";
import { ConfigurationError, defaultStatus, type WebhookErrorCode, webhookErrorCodes } from "../errors/errors.ts";
import type { OnDuplicate } from "../replay/options.ts";
import { type ReplaySettings, resolveReplay } from "../replay/settings.ts";
import type { Window } from "../replay/window.ts";
import { compileSignature, type SignatureScheme } from "../scheme/compile.ts";
import type { EncodingPolicy, HandshakeSetting, PayloadKind, Provider } from "../scheme/provider.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import { KeyRing } from "../secret/key-ring.ts";
import { type Key, keyMaker } from "../secret/keys.ts";
import type { SecretLookup, Secrets } from "../secret/secrets.ts";
import { type Clock, resolveClock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { type Duration, LONGEST_TIMER, parseDuration } from "../time/duration.ts";
import type { OnReject, VerifierOptions } from "./options.ts";
import type { StandardSchema } from "./schema.ts";

/** The options with their defaults, checked, and everything that does not depend on a request prepared. */
export interface Settings {
  readonly provider: Provider;
  /** How the provider signs; absent for one that sends a credential. */
  readonly signature: SignatureScheme | undefined;
  /** The credential's scheme; absent for a provider that signs. */
  readonly credential: TokenScheme | undefined;
  /** The keys of a secret that is given once; absent where each request's is looked up. */
  readonly keys: readonly Key[] | undefined;
  readonly lookup: SecretLookup | undefined;
  readonly ring: KeyRing;
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

/** Checks the options of a verifier. @throws ConfigurationError */
export function resolveOptions(provider: Provider, options: VerifierOptions<any, any, any>): Settings {
  checkProvider(provider);
  if (typeof options !== "object" || options === null)
    throw new ConfigurationError("options", "The second argument must be an object with at least a secret.");
  checkOptions(options, KEYS, "");

  const { scheme } = provider;
  const clock = resolveClock(options.clock);
  const ring = new KeyRing(keyMaker(scheme));
  const lookup = typeof options.secret === "function" ? options.secret : undefined;
  const window = resolveWindow(provider, options.tolerance);
  const skew = parseDuration(options.skew ?? "30s", "skew");
  const timeout = parseDuration(options.timeout ?? "30s", "timeout", 1, LONGEST_TIMER);
  const own = provider.payload ?? "json";
  const payload = checkChoice(options.payload ?? own, "payload", ["json", "form", "raw"]);
  return {
    provider,
    signature: scheme.kind === "token" ? undefined : compileSignature(scheme),
    credential: scheme.kind === "token" ? scheme : undefined,
    keys: lookup === undefined ? ring.make(options.secret as Secrets) : undefined,
    lookup,
    ring,
    window,
    limit: checkInteger(options.limit ?? 1_048_576, "limit", 1, undefined, "bytes"),
    payload,
    native: payload === own,
    needsOwn:
      provider.handshake?.proven !== undefined ||
      (provider.occurredAt !== undefined && window !== undefined) ||
      (provider.key !== undefined && options.replay !== undefined),
    schema: checkSchema(options.schema),
    encoding: checkChoice(options.encoding ?? provider.encoding ?? "refuse", "encoding", [
      "refuse",
      "compressed",
      "inflated",
    ]),
    publicUrl: resolvePublicUrl(options.publicUrl),
    replay: resolveReplay(provider, options, { window, skew, clock, payload }),
    onDuplicate: checkChoice(options.onDuplicate ?? "success", "onDuplicate", ["success", "handle", "refuse"]),
    status: resolveStatus(options.status),
    manual: checkChoice(options.settle ?? "auto", "settle", ["auto", "manual"]) === "manual",
    timeout,
    deadlines: new Deadlines(clock, timeout),
    clock,
    onReject: checkFunction(options.onReject, "onReject"),
    methods: provider.methods ?? ["POST"],
    handshake: checkHandshake(provider, options.handshake),
  };
}

function checkProvider(provider: Provider): void {
  if (typeof provider?.name === "string" && provider.scheme !== undefined) return;
  throw new ConfigurationError(
    "provider",
    "The first argument must be a provider: one of @countersign/core/providers, or your own from defineProvider().",
  );
}

function checkSchema(schema: StandardSchema | undefined): StandardSchema | undefined {
  if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") return schema;
  throw new ConfigurationError(
    "schema",
    "schema must be a Standard Schema validator, such as one of zod, valibot or arktype.",
  );
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
  if (typeof option === "number") {
    checkStatus(option, "status");
    return () => option;
  }
  if (typeof option !== "object")
    throw new ConfigurationError("status", "status must be a number, or an object of numbers by error code.");
  checkOptions(option, webhookErrorCodes, "status");
  const table = new Map(
    Object.entries(option).map(([code, status]) => [code as WebhookErrorCode, checkStatus(status, `status.${code}`)]),
  );
  return (code) => table.get(code) ?? defaultStatus(code);
}

function checkStatus(status: number, path: string): number {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new ConfigurationError(path, `${path} must be a status from 200 to 599.`);
}

function checkHandshake(provider: Provider, option: HandshakeSetting | undefined): HandshakeSetting | undefined {
  if (option === undefined) return undefined;
  const needs = provider.handshake?.needs;
  if (needs === undefined)
    throw new ConfigurationError("handshake", `${provider.name} has no handshake that needs a setting.`);
  if (typeof option === (needs === "token" ? "string" : "function") && option !== "") return option;
  throw new ConfigurationError(
    "handshake",
    `handshake must be ${needs === "token" ? "the verify token, a string" : "a function that takes the secret"}.`,
  );
}
