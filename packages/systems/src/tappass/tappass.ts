import { ConfigurationError } from "@countersign/core";
import {
  checkChoice,
  checkFunction,
  checkInteger,
  checkKeys,
  checkOptions,
  checkText,
  checkTexts,
  type KeysOf,
} from "@countersign/core/checks";
import { type Severity, severities, type WebhookEvent } from "@countersign/core/event";
import type { TapPassEvent } from "@countersign/core/providers";
import {
  type Body,
  type EndpointOptions,
  type FilterOptions,
  json,
  type Method,
  never,
  type OutgoingEvent,
  readVariable,
  type Schedule,
  type StatusTable,
  template,
  waits,
} from "@countersign/sender";
import { patternsOf, type Redactors, redact } from "./redact.ts";
import { readYaml } from "./yaml.ts";

/** One of TapPass's `exports`, with a webhook as its destination. */
export interface TapPassExport {
  /** Becomes the endpoint's. */
  readonly name: string;
  readonly destination: "webhook";
  /** `cef` is not possible here and is refused. @default "json" */
  readonly format?: "json" | "cef";
  /** Where the export is sent, by which method, and with which headers and body. */
  readonly webhook: {
    /** Where to; `${NAME}` in it is read through `context.env`. */
    readonly url: string;
    /** POST, PUT, PATCH or DELETE. @default "POST" */
    readonly method?: Method;
    /** Static ones; `${NAME}` in their values is read through `context.env`. Default: none. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Jinja's `{{ dotted.path }}` over the audit event. Default: the audit event as JSON. */
    readonly body_template?: string;
  };
  /** Which events are exported. Default: all, `webhook.dlq` included. */
  readonly filters?: {
    /** Nothing less grave: info < warn < error < critical. Default: everything. */
    readonly min_severity?: Severity;
    /** Only these, spelled exactly so. Default: everything. */
    readonly event_kinds?: readonly string[];
  };
  /** When a 5xx or a connection error is tried again. */
  readonly retry?: {
    /** Retries after the first attempt; 0 for none. @default 5 */
    readonly max_attempts?: number;
    /** The wait before each retry, in seconds; the last one is repeated. @default [1, 2, 4, 8, 16] */
    readonly backoff_seconds?: readonly number[];
  };
  /** Groups events into one request, a list. Default: one event for each request. */
  readonly batch?: {
    /** The most events in one request. @default 100 */
    readonly max_size?: number;
    /** How long the first event waits for others, in seconds. @default 5 */
    readonly max_wait_seconds?: number;
  };
  /** Hides what a pattern finds before anything is rendered. Default: nothing is hidden. */
  readonly redact?: {
    /** Names of patterns, built in or from `context.redactors`: `"email"`. */
    readonly categories: readonly string[];
    /** `"mask"` writes `***` in its place, `"remove"` nothing. @default "mask" */
    readonly strategy?: "mask" | "remove";
  };
}

/** What a TapPass file says, parsed. */
export interface TapPassConfig {
  /** Each becomes an endpoint under its own name, in this order. */
  readonly exports: readonly TapPassExport[];
}

/** What the application adds to the file. */
export interface TapPassContext {
  /** Values for `${NAME}` in URLs, headers and templates. Default: none may be read. */
  readonly env?: (name: string) => string | undefined;
  /** Patterns for further categories of `redact`. */
  readonly redactors?: Redactors;
}

const CONTEXT: KeysOf<TapPassContext> = { env: "optional", redactors: "optional" };

/** 5xx, connection errors and timeouts are retried, nothing else. */
const STATUSES: StatusTable = {
  "3xx": "permanent",
  "4xx": "permanent",
  "408": "permanent",
  "410": "permanent",
  "425": "permanent",
  "429": "permanent",
};

/**
 * Sends as TapPass exports to webhooks do. Takes the YAML file, or what it says. Exhausted events raise `webhook.dlq`,
 * which exports without `event_kinds`, and those that list it, are sent.
 *
 * @throws ConfigurationError for a setting that TapPass would refuse or that is not possible here
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { fromTapPass } from "@countersign/systems";
 * const file = `
 * exports:
 *   - name: archive
 *     destination: webhook
 *     webhook: { url: "https://example.com/archive" }
 * `;
 * createSender({ endpoints: fromTapPass(file, { env: (name) => process.env[name] }) });
 * ```
 */
export function fromTapPass(config: string | TapPassConfig, context: TapPassContext = {}): EndpointOptions[] {
  checkOptions(context, CONTEXT, "context");
  checkFunction(context.env, "context.env");
  const file = typeof config === "string" ? readYaml(config) : config;
  checkKeys(file, ["exports"], "");
  const list = (file as { exports: unknown }).exports;
  if (!Array.isArray(list)) throw new ConfigurationError("exports", "exports must be a list.");
  return list.map((one: TapPassExport, index) => readExport(one, context, `exports[${index}]`));
}

/** One of TapPass's own audit events as the sender takes it. */
export function tappassEvent(event: TapPassEvent): WebhookEvent<TapPassEvent> {
  const { audit_id: id, event_kind: type, timestamp: time } = event;
  return { id, type, severity: event.severity as Severity, time, data: event };
}

function readExport(one: TapPassExport, context: TapPassContext, option: string): EndpointOptions {
  checkKeys(one, ["name", "destination", "format", "webhook", "filters", "retry", "batch", "redact"], option);
  const name = checkText(one.name, `${option}.name`);
  checkChoice(one.destination, `${option}.destination`, ["webhook"]);
  if (checkChoice(one.format ?? "json", `${option}.format`, ["json", "cef"]) === "cef") {
    throw new ConfigurationError(
      `${option}.format`,
      `${option}.format is "cef", which is not supported. Use json, with a body_template for another shape.`,
    );
  }
  checkKeys(one.webhook, ["url", "method", "headers", "body_template"], `${option}.webhook`);
  const { url, method = "POST", headers = {}, body_template: source } = one.webhook;
  checkKeys(headers, Object.keys(headers), `${option}.webhook.headers`);
  const expand = (text: string, path: string) => expandVariables(checkText(text, path), context, path);
  const throttle = readBatch(one, option);
  const contentType = Object.entries(headers).find(([header]) => header.toLowerCase() === "content-type")?.[1];
  return {
    name,
    url: expand(url, `${option}.webhook.url`),
    method: checkChoice(method, `${option}.webhook.method`, ["POST", "PUT", "PATCH", "DELETE"]),
    headers: Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, expand(value, `${option}.webhook.headers.${header}`)]),
    ),
    body: readBody(one, source, contentType, context, throttle !== undefined, option),
    filter: readFilter(one.filters ?? {}, `${option}.filters`),
    retry: readRetry(one.retry ?? {}, `${option}.retry`),
    retryAfterCeiling: 0,
    statuses: STATUSES,
    breaker: false,
    ...(throttle === undefined ? {} : { throttle }),
    testEvent: { type: "chat", data: { agent_id: "test", message: "This is a test event" } },
  };
}

function expandVariables(text: string, { env }: TapPassContext, option: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => readVariable(name, env, option));
}

function readBody(
  one: TapPassExport,
  source: string | undefined,
  contentType: string | undefined,
  context: TapPassContext,
  batched: boolean,
  option: string,
): Body {
  const hide = readRedact(one.redact, context, `${option}.redact`);
  const scope = (event: OutgoingEvent) => hide(auditEvent(event));
  if (source === undefined) return json({ event: scope, root: batched ? "array" : "object" });
  const env = context.env === undefined ? {} : { env: context.env };
  const isJson = contentType === undefined || /[/+]json\b/i.test(contentType);
  return template(
    source,
    { scope, ...env, ...(isJson ? {} : { json: false, contentType: contentType as string }) },
    `${option}.webhook.body_template`,
  );
}

/** The audit event: what the application gave, with what every event has. */
function auditEvent({ id, time, type, severity, data }: OutgoingEvent): Record<string, unknown> {
  const own =
    typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : { data };
  return { audit_id: id, timestamp: new Date(time).toISOString(), ...own, event_kind: type, severity };
}

function readRedact(options: TapPassExport["redact"], context: TapPassContext, option: string) {
  if (options === undefined) return (event: Record<string, unknown>) => event;
  checkKeys(options, ["categories", "strategy"], option);
  const patterns = patternsOf(
    checkTexts(options.categories, `${option}.categories`),
    context.redactors ?? {},
    `${option}.categories`,
  );
  const replacement =
    checkChoice(options.strategy ?? "mask", `${option}.strategy`, ["mask", "remove"]) === "mask" ? "***" : "";
  return (event: Record<string, unknown>) => redact(event, patterns, replacement) as Record<string, unknown>;
}

function readFilter(filters: NonNullable<TapPassExport["filters"]>, option: string): FilterOptions {
  checkKeys(filters, ["min_severity", "event_kinds"], option);
  const { min_severity: least, event_kinds: kinds } = filters;
  return {
    ...(least === undefined ? {} : { minSeverity: checkChoice(least, `${option}.min_severity`, severities) }),
    ...(kinds === undefined ? { deadLetters: true } : { include: checkTexts(kinds, `${option}.event_kinds`) }),
  };
}

function readRetry(options: NonNullable<TapPassExport["retry"]>, option: string): Schedule {
  checkKeys(options, ["max_attempts", "backoff_seconds"], option);
  const list = options.backoff_seconds ?? [1, 2, 4, 8, 16];
  if (!Array.isArray(list) || list.some((wait) => typeof wait !== "number" || !(wait >= 0 && wait <= 86_400))) {
    throw new ConfigurationError(
      `${option}.backoff_seconds`,
      `${option}.backoff_seconds must be a list of seconds, 0 to 86400.`,
    );
  }
  const retries = checkInteger(options.max_attempts ?? 5, `${option}.max_attempts`, 0, 1_000);
  if (retries === 0 || list.length === 0) return never();
  // Where there are more retries than waits, the last wait is repeated.
  return waits(
    Array.from({ length: retries }, (_, index) => milliseconds(list[Math.min(index, list.length - 1)] as number)),
  );
}

/** Seconds as a duration with its unit: a bare number of them would be refused, and one in exponents is no duration. */
function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1_000)}ms`;
}

function readBatch({ batch, webhook }: TapPassExport, option: string): EndpointOptions["throttle"] {
  if (batch === undefined) return undefined;
  checkKeys(batch, ["max_size", "max_wait_seconds"], `${option}.batch`);
  if (webhook.body_template !== undefined) {
    throw new ConfigurationError(
      `${option}.batch`,
      `${option}.batch is not possible with a body_template, which makes a body for one event. Remove one of them.`,
    );
  }
  const seconds = batch.max_wait_seconds ?? 5;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= 3_600)) {
    throw new ConfigurationError(
      `${option}.batch.max_wait_seconds`,
      `${option}.batch.max_wait_seconds must be 0 to 3600.`,
    );
  }
  return {
    window: milliseconds(seconds),
    maxEvents: checkInteger(batch.max_size ?? 100, `${option}.batch.max_size`, 1, 10_000),
  };
}
