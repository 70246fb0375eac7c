import { checkBoolean, checkChoice, checkFunction, checkInteger, checkOptions, type KeysOf } from "../errors/checks.ts";
import { ConfigurationError, defaultStatus, type WebhookErrorCode, webhookErrorCodes } from "../errors/errors.ts";
import { environment } from "../lib/environment.ts";
import { type Replay, startReplay } from "../replay/engine.ts";
import type { OnDuplicate } from "../replay/options.ts";
import type { Window } from "../replay/window.ts";
import { SignatureScheme } from "../scheme/compile.ts";
import type { ProofScheme } from "../scheme/proof-scheme.ts";
import {
  checkRow,
  type EncodingPolicy,
  type HandshakeSetting,
  type PayloadKind,
  type Provider,
} from "../scheme/provider.ts";
import { isProof, type TokenScheme } from "../scheme/scheme.ts";
import type { Secrets } from "../scheme/secret.ts";
import { KeyRing } from "../secret/key-ring.ts";
import { type Key, keyMaker } from "../secret/keys.ts";
import { type SecretLookup, secretList } from "../secret/secrets.ts";
import { type Clock, resolveClock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { type Duration, LONGEST_TIMER, parseDuration } from "../time/duration.ts";
import { Explainer } from "./explaining.ts";
import { checkInbox, type Inbox } from "./inbox.ts";
import { isInspected } from "./inspect.ts";
import type { OnReject, VerifierOptions } from "./options.ts";
import { consoleLog, type Log, Reporter } from "./report.ts";
import type { StandardSchema } from "./schema.ts";

/** The options with their defaults, checked, and everything that does not depend on a request prepared. */
export interface Settings {
  /** The row of the system that signs. */
  readonly provider: Provider;
  /** How the provider signs; absent for one that sends a credential. */
  readonly signature: SignatureScheme | undefined;
  /** A scheme that judges by itself; absent for a provider that signs parts of the request. */
  readonly proof: TokenScheme | ProofScheme | undefined;
  /** The keys of a secret that is given once; absent where each request's is looked up. */
  readonly keys: readonly Key[] | undefined;
  /** Finds each request's secret; `undefined` where `secret` was given once. */
  readonly lookup: SecretLookup | undefined;
  /** Keeps what looked-up secrets were prepared into, so that each is prepared once. */
  readonly ring: KeyRing;
  /** How far a signed time may lie from now; `undefined` where neither the scheme nor the options have a tolerance. */
  readonly window: Window | undefined;
  /** The largest body, in bytes, inflated too. */
  readonly limit: number;
  /** How many bytes of a refused body are read away at most. */
  readonly drain: number;
  /** What the bytes become for the handler. */
  readonly payload: PayloadKind;
  /** Whether the payload is handed out in the provider's own kind. */
  readonly native: boolean;
  /**
   * Whether something else needs the provider's own payload: its handshake, its time or its key. Text means that only a
   * body with this in it is needed.
   */
  readonly needsOwn: boolean | string;
  /** Runs on the proven payload; `undefined` where none was given. */
  readonly schema: StandardSchema | undefined;
  /** What becomes of a body with a `Content-Encoding`. */
  readonly encoding: EncodingPolicy;
  /** An origin without a trailing slash, or a function; `undefined` means that the request's own URL is taken. */
  readonly publicUrl: VerifierOptions["publicUrl"];
  /** The whole URL, whatever the request's own is; `undefined` where the request's is taken. */
  readonly exactUrl: VerifierOptions["exactUrl"];
  /** Knows what was handled; `undefined` where repetitions are not looked for. */
  readonly replay: Replay | undefined;
  /** The name under which several rows of one route keep their replay keys; `undefined` for a row alone. */
  readonly family: string | undefined;
  /** Whether a delivery is accepted unclaimed while the store is away. */
  readonly openOnFailure: boolean;
  /** What becomes of a delivery that was handled before. */
  readonly onDuplicate: OnDuplicate;
  /** What a refusal with this code answers, the user's own choices included. */
  readonly status: (code: WebhookErrorCode) => number;
  /** True when the user commits and releases, and nobody else may. */
  readonly manual: boolean;
  /** How long a body may take to arrive, in milliseconds. */
  readonly timeout: number;
  /** The timeouts of all bodies that are arriving. */
  readonly deadlines: Deadlines;
  /** Where the time comes from; the system's, unless a test gave another. */
  readonly clock: Clock;
  /** The user's own observer of refusals. */
  readonly onReject: OnReject | undefined;
  /** Writes refusals to the log; `undefined` with `log: false`. */
  readonly reporter: Reporter | undefined;
  /** The logger of one request, where a framework has one. */
  readonly logOf: ((context: any) => Log | undefined) | undefined;
  /** Looks for the cause of a refused signature outside production; `undefined` unless `explain` was given. */
  readonly explainer: Explainer | undefined;
  /** Whether the steps of requests are announced where somebody looks on: never in production. */
  readonly inspect: boolean;
  /** As the user gave it, text or function: `explain` tries what people get wrong about it. */
  readonly secret: VerifierOptions["secret"];
  /** Keeps what is proven; `undefined` where a handler is called. */
  readonly inbox: Inbox | undefined;
  /** In upper case; a request with another is answered 405. */
  readonly methods: readonly string[];
  /** What the provider's set-up request needs: a verify token, or a function; `undefined` where none was given. */
  readonly handshake: HandshakeSetting | undefined;
}

const KEYS: KeysOf<VerifierOptions<any, any>> = {
  secret: "required",
  tolerance: "optional",
  skew: "optional",
  limit: "optional",
  drain: "optional",
  payload: "optional",
  schema: "optional",
  encoding: "optional",
  publicUrl: "optional",
  exactUrl: "optional",
  replay: "optional",
  onDuplicate: "optional",
  onStoreFailure: "optional",
  key: "optional",
  equalContent: "optional",
  status: "optional",
  settle: "optional",
  timeout: "optional",
  clock: "optional",
  onReject: "optional",
  log: "optional",
  explain: "optional",
  inspect: "optional",
  handshake: "optional",
  inbox: "optional",
};

/**
 * Checks the options of a verifier.
 *
 * @param logOf finds the framework's own logger of a request, for lines about it
 * @param family the name under which several rows of one route keep their replay keys
 * @throws ConfigurationError
 */
export function resolveOptions(
  provider: Provider,
  options: VerifierOptions<any, any, any>,
  logOf?: (context: any) => Log | undefined,
  family?: string,
): Settings {
  checkRow(provider);
  if (typeof options !== "object" || options === null)
    throw new ConfigurationError("options", "The second argument must be an object with at least a secret.");
  checkOptions(options, KEYS, "");

  const { scheme } = provider;
  const onDuplicate = checkChoice(options.onDuplicate ?? "success", "onDuplicate", ["success", "handle", "refuse"]);
  const clock = resolveClock(options.clock);
  const ring = new KeyRing(keyMaker(scheme), provider.notSecrets);
  const lookup = typeof options.secret === "function" ? options.secret : undefined;
  const window = resolveWindow(provider, options.tolerance);
  const skew = parseDuration(options.skew ?? "30s", "skew");
  const timeout = parseDuration(options.timeout ?? "30s", "timeout", 1, LONGEST_TIMER);
  const limit = checkInteger(options.limit ?? 1_048_576, "limit", 1, undefined, "bytes");
  const own = provider.payload ?? "json";
  const payload = checkChoice(options.payload ?? own, "payload", ["json", "form", "raw"]);
  const keys = lookup === undefined ? ring.make(options.secret as Secrets) : undefined;
  const secrets = lookup === undefined ? secretList(options.secret as Secrets) : undefined;
  const inbox = checkInbox(options.inbox, {
    replay: options.replay,
    settle: options.settle,
    onStoreFailure: options.onStoreFailure,
    onDuplicate: onDuplicate === "handle" ? onDuplicate : undefined,
  });
  const known = inbox === undefined ? options : { ...options, replay: inbox };
  const replay = startReplay(provider, known, { window, skew, clock, payload, secrets, family });
  return {
    provider,
    signature: isProof(scheme) ? undefined : new SignatureScheme(scheme),
    proof: isProof(scheme) ? scheme : undefined,
    keys,
    lookup,
    ring,
    window,
    limit,
    drain: checkInteger(
      options.drain ?? Math.min(limit + 1_048_576, Number.MAX_SAFE_INTEGER),
      "drain",
      0,
      undefined,
      "bytes",
    ),
    payload,
    native: payload === own,
    needsOwn:
      (provider.occurredAt !== undefined && window !== undefined) ||
      (provider.key !== undefined && replay !== undefined) ||
      (provider.handshake?.proven !== undefined && (provider.handshake.marker ?? true)),
    schema: checkSchema(options.schema),
    encoding: checkChoice(options.encoding ?? provider.encoding ?? "refuse", "encoding", [
      "refuse",
      "compressed",
      "inflated",
    ]),
    publicUrl: resolvePublicUrl(options.publicUrl),
    exactUrl: resolveExactUrl(options),
    replay,
    family,
    openOnFailure: options.onStoreFailure === "open",
    onDuplicate,
    status: resolveStatus(options.status, onDuplicate),
    manual: checkChoice(options.settle ?? "auto", "settle", ["auto", "manual"]) === "manual",
    timeout,
    deadlines: new Deadlines(clock, timeout),
    clock,
    onReject: checkFunction(options.onReject, "onReject"),
    ...resolveReports(options, clock, logOf),
    secret: options.secret,
    inbox,
    methods: provider.methods ?? ["POST"],
    handshake: checkHandshake(provider, options.handshake),
  };
}

const INSPECT_IN_PRODUCTION =
  "inspect: true is for development. NODE_ENV is production, and nothing is announced to anybody: take it out.";
const INSPECT_UNSEEN =
  "inspect: true, and nobody looks on: npx countersign inspect -- node server.js shows the deliveries in a page.";

function resolveReports(
  { log, explain, inspect }: VerifierOptions<any, any, any>,
  clock: Clock,
  logOf: ((context: any) => Log | undefined) | undefined,
): Pick<Settings, "reporter" | "logOf" | "explainer" | "inspect"> {
  if (log !== undefined && log !== false && (typeof log?.warn !== "function" || typeof log.error !== "function"))
    throw new ConfigurationError("log", "log must be a logger with warn() and error(), such as pino's, or false.");
  const { development, production } = environment();
  checkFunction(explain, "explain");
  if (inspect !== undefined) checkBoolean(inspect, "inspect");
  const reporter = log === false ? undefined : new Reporter(log ?? consoleLog, log !== undefined || development, clock);
  if (inspect === true && production) reporter?.note(INSPECT_IN_PRODUCTION);
  else if (inspect === true && development && !isInspected()) reporter?.note(INSPECT_UNSEEN);
  return {
    inspect: inspect !== false && !production,
    reporter,
    logOf: log === undefined ? logOf : undefined,
    explainer: explain === undefined || production || log === false ? undefined : new Explainer(explain),
  };
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
  const { scheme } = provider;
  const own = isProof(scheme) ? scheme.tolerance : scheme.timestamp?.tolerance;
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

function resolveExactUrl({ exactUrl, publicUrl }: VerifierOptions<any, any, any>): VerifierOptions["exactUrl"] {
  if (exactUrl === undefined) return undefined;
  if (typeof exactUrl !== "function" && !/^https?:\/\/[^/?#\s]+[^#\s]*$/.test(String(exactUrl))) {
    throw new ConfigurationError(
      "exactUrl",
      'exactUrl must be the whole http or https URL that the provider calls: "https://example.com/hooks?team=7".',
    );
  }
  if (publicUrl === undefined) return exactUrl;
  throw new ConfigurationError("exactUrl", "exactUrl is the whole URL: leave publicUrl out.");
}

/** A success in their place would tell the provider that a genuine webhook was handled, which nobody has seen. */
const NEVER_A_SUCCESS: readonly WebhookErrorCode[] = [
  "store_unavailable",
  "in_progress",
  "secret_unavailable",
  "body_timeout",
];

/** The status of each code: the defaults, with the option laid over them. One number stands for the refusals of class 4xx. */
function resolveStatus(
  option: VerifierOptions["status"],
  onDuplicate: OnDuplicate,
): (code: WebhookErrorCode) => number {
  const own = new Map<WebhookErrorCode, number>();
  if (onDuplicate === "refuse") own.set("duplicate", 409);
  if (typeof option === "number") {
    const success = isSuccess(checkStatus(option, "status"));
    for (const code of webhookErrorCodes) {
      const standard = own.get(code) ?? defaultStatus(code);
      if (standard >= 400 && standard < 500 && !(success && NEVER_A_SUCCESS.includes(code))) own.set(code, option);
    }
  } else if (option !== undefined) {
    if (typeof option !== "object")
      throw new ConfigurationError("status", "status must be a number, or an object of numbers by error code.");
    checkOptions(option, webhookErrorCodes, "status");
    for (const [name, status] of Object.entries(option)) own.set(name as WebhookErrorCode, checkCode(name, status));
  }
  return own.size === 0 ? defaultStatus : (code) => own.get(code) ?? defaultStatus(code);
}

function checkCode(code: string, status: number): number {
  const path = `status.${code}`;
  if (!isSuccess(checkStatus(status, path)) || !NEVER_A_SUCCESS.includes(code as WebhookErrorCode)) return status;
  throw new ConfigurationError(
    path,
    `${path} must not be a success: the provider would never send again what nobody has handled. Leave it out, or use a status from 400 on.`,
  );
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
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
