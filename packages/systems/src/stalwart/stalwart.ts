import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import {
  checkBoolean,
  checkChoice,
  checkKeys,
  checkOptions,
  checkText,
  checkTexts,
  type KeysOf,
} from "@countersign/core/checks";
import type { Severity } from "@countersign/core/event";
import { stalwart } from "@countersign/core/providers";
import {
  type AuthOptions,
  type EndpointOptions,
  every,
  type FilterOptions,
  json,
  type OutgoingEvent,
  retryEverything,
  type SecretSource,
} from "@countersign/sender";

/** A secret as Stalwart's configuration names it: none, in place, in the environment or in a file. */
export type StalwartSecret =
  | { readonly "@type": "None" }
  | {
      readonly "@type": "Value";
      /** In place, as plain text. */
      readonly secret: string;
    }
  | {
      readonly "@type": "EnvironmentVariable";
      /** Read through the sender's `readers.env`. */
      readonly variableName: string;
    }
  | {
      readonly "@type": "File";
      /** Read through the sender's `readers.file`. */
      readonly filePath: string;
    };

/** How requests prove themselves beside their signature: Stalwart's `httpAuth`. */
export type StalwartAuth =
  | { readonly "@type": "Unauthenticated" }
  | {
      readonly "@type": "Basic";
      /** Without a colon (RFC 7617). */
      readonly username: string;
      /** The password of the user, in place, in the environment or in a file. */
      readonly secret: StalwartSecret;
    }
  | {
      readonly "@type": "Bearer";
      /** What follows `Bearer ` in the `Authorization` header. */
      readonly bearerToken: StalwartSecret;
    };

/** A webhook as Stalwart configures it. https://stalw.art/docs/ref/object/web-hook */
export interface StalwartWebhookConfig {
  /** Where to send; https to a public address unless the sender's guard opens more. */
  readonly url: string;
  /** Exact names such as `"auth.success"`. Default: none listed. */
  readonly events?: readonly string[];
  /** Whether only the listed ones are sent, or all but them. @default "include" */
  readonly eventsPolicy?: "include" | "exclude";
  /** Least severity. @default "info" */
  readonly level?: "error" | "warn" | "info" | "debug" | "trace";
  /** @default "30s" */
  readonly timeout?: Duration;
  /** @default "1s" */
  readonly throttle?: Duration;
  /** @default "5m" */
  readonly discardAfter?: Duration;
  /** @default false */
  readonly lossy?: boolean;
  /** Signs each request in `X-Signature` (HMAC-SHA256, base64). Default: not signed. */
  readonly signatureKey?: StalwartSecret;
  /** Further ones, sent as they are. `httpAuth` replaces an `Authorization` among them. */
  readonly httpHeaders?: Readonly<Record<string, string>>;
  /** A static credential beside the signature. Default: none. */
  readonly httpAuth?: StalwartAuth;
  /** @default false */
  readonly allowInvalidCerts?: boolean;
  /** @default true */
  readonly enable?: boolean;
}

/** What the application adds to the configuration. */
export interface StalwartContext {
  /** @default "stalwart" */
  readonly name?: string;
  /** The most events in one request. Stalwart itself has no limit. @default 1_000 */
  readonly maxEvents?: number;
}

const KEYS: KeysOf<StalwartWebhookConfig> = {
  url: "required",
  events: "optional",
  eventsPolicy: "optional",
  level: "optional",
  timeout: "optional",
  throttle: "optional",
  discardAfter: "optional",
  lossy: "optional",
  signatureKey: "optional",
  httpHeaders: "optional",
  httpAuth: "optional",
  allowInvalidCerts: "optional",
  enable: "optional",
};

const CONTEXT: KeysOf<StalwartContext> = { name: "optional", maxEvents: "optional" };

/** Nothing here is less than `info`, so Stalwart's finer levels let everything through as well. */
const LEVELS: Readonly<Record<string, Severity>> = {
  error: "error",
  warn: "warn",
  info: "info",
  debug: "info",
  trace: "info",
};

/**
 * Sends as Stalwart does: the events of a throttle window in one envelope, signed in `X-Signature` when there is a
 * key, one request at a time, everything but 2xx retried each throttle interval until an event's age reaches
 * `discardAfter`. Event ids stay the same over retries, where Stalwart makes new ones: a receiver is none the worse for it.
 *
 * Secrets in files and environment variables go through the sender's `readers`.
 *
 * @throws ConfigurationError for a setting that Stalwart would refuse or that is not possible here
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { fromStalwart } from "@countersign/systems";
 * createSender({
 *   endpoints: fromStalwart({
 *     url: "https://example.com/webhook",
 *     events: ["auth.success"],
 *     signatureKey: { "@type": "Value", secret: "my-secret-key" },
 *   }),
 * });
 * ```
 */
export function fromStalwart(config: StalwartWebhookConfig, context: StalwartContext = {}): EndpointOptions[] {
  checkKeys(config, KEYS, "webhook");
  checkOptions(context, CONTEXT, "context");
  const throttle = readDuration(config.throttle ?? "1s", "webhook.throttle");
  const discardAfter = readDuration(config.discardAfter ?? "5m", "webhook.discardAfter");
  const timeout = readDuration(config.timeout ?? "30s", "webhook.timeout");
  const key = readSecret(config.signatureKey, "webhook.signatureKey");
  const auth = readAuth(config.httpAuth);
  return [
    {
      name: context.name ?? "stalwart",
      url: config.url,
      body: json({ text: eventText, root: { property: "events" } }),
      filter: readFilter(config),
      timeout,
      throttle: { window: throttle, maxEvents: context.maxEvents ?? 1_000 },
      // Without a throttle Stalwart would try again at once, for ever: a second is its own default.
      retry: every(throttle === "0ms" ? "1s" : throttle, { for: discardAfter }),
      retryAfterCeiling: 0,
      discardAfter,
      statuses: retryEverything,
      breaker: false,
      lossy: checkBoolean(config.lossy ?? false, "webhook.lossy"),
      enabled: checkBoolean(config.enable ?? true, "webhook.enable"),
      ...(key === undefined ? {} : { sign: { provider: stalwart, secret: key } }),
      ...(auth === undefined ? {} : { auth }),
      ...(config.httpHeaders === undefined ? {} : { headers: withoutAuthorization(config.httpHeaders, auth) }),
      ...(checkBoolean(config.allowInvalidCerts ?? false, "webhook.allowInvalidCerts")
        ? { tls: { allowInvalidCertificates: true } }
        : {}),
      testEvent: { type: "test", data: {} },
    },
  ];
}

/** Stalwart's interface writes whole milliseconds, its documentation `"30s"`. */
function readDuration(value: Duration, option: string): Duration {
  const text = typeof value === "number" ? `${value}ms` : value;
  return `${parseDuration(text, option)}ms`;
}

function readFilter({ events = [], eventsPolicy, level }: StalwartWebhookConfig): FilterOptions {
  const names = checkTexts(events, "webhook.events");
  names.forEach((name, index) => {
    if (/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(name)) return;
    throw new ConfigurationError(
      `webhook.events[${index}]`,
      `webhook.events[${index}] is ${JSON.stringify(name)}: Stalwart takes exact names such as "auth.success", not patterns.`,
    );
  });
  const policy = checkChoice(eventsPolicy ?? "include", "webhook.eventsPolicy", ["include", "exclude"]);
  const minSeverity = LEVELS[
    checkChoice(level ?? "info", "webhook.level", ["error", "warn", "info", "debug", "trace"])
  ] as Severity;
  return { [policy]: names, minSeverity };
}

function readSecret(secret: StalwartSecret | undefined, option: string): SecretSource | undefined {
  if (secret === undefined) return undefined;
  const type = checkChoice(secret["@type"], `${option}.@type`, ["None", "Value", "EnvironmentVariable", "File"]);
  const [field, make] = SECRETS[type] as (typeof SECRETS)[string];
  checkKeys(secret, field === undefined ? ["@type"] : ["@type", field], option);
  if (field === undefined) return undefined;
  return make(checkText((secret as unknown as Record<string, unknown>)[field], `${option}.${field}`));
}

const SECRETS: Readonly<Record<string, readonly [field: string | undefined, make: (value: string) => SecretSource]>> = {
  None: [undefined, (value) => value],
  Value: ["secret", (value) => value],
  EnvironmentVariable: ["variableName", (env) => ({ env })],
  File: ["filePath", (file) => ({ file })],
};

function readAuth(auth: StalwartAuth | undefined): AuthOptions | undefined {
  const option = "webhook.httpAuth";
  if (auth === undefined) return undefined;
  switch (checkChoice(auth["@type"], `${option}.@type`, ["Unauthenticated", "Basic", "Bearer"])) {
    case "Unauthenticated":
      checkKeys(auth, ["@type"], option);
      return undefined;
    case "Basic": {
      checkKeys(auth, ["@type", "username", "secret"], option);
      const { username, secret } = auth as StalwartAuth & { "@type": "Basic" };
      return {
        kind: "basic",
        username: checkText(username, `${option}.username`),
        password: needed(secret, `${option}.secret`),
      };
    }
    case "Bearer": {
      checkKeys(auth, ["@type", "bearerToken"], option);
      const { bearerToken } = auth as StalwartAuth & { "@type": "Bearer" };
      return { kind: "bearer", token: needed(bearerToken, `${option}.bearerToken`) };
    }
  }
}

function needed(secret: StalwartSecret, option: string): SecretSource {
  const source = readSecret(secret, option);
  if (source === undefined)
    throw new ConfigurationError(option, `${option} is None. Give the secret, or use Unauthenticated.`);
  return source;
}

/** In Stalwart `httpAuth` replaces a custom header of that name. */
function withoutAuthorization(
  headers: Readonly<Record<string, string>>,
  auth: AuthOptions | undefined,
): Record<string, string> {
  checkKeys(headers, Object.keys(headers), "webhook.httpHeaders");
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => auth === undefined || name.toLowerCase() !== "authorization"),
  );
}

/** Whole seconds and `Z`; `data` is the application's JSON as it is, so that 64-bit ids stay exact. */
function eventText({ id, type, time, json }: OutgoingEvent): string {
  const createdAt = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return `{"id":${JSON.stringify(id)},"createdAt":"${createdAt}","type":${JSON.stringify(type)},"data":${json}}`;
}
