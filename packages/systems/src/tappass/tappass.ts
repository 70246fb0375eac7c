import { ConfigurationError } from "@countersign/core";
import {
  checkChoice,
  checkFunction,
  checkInteger,
  checkOptions,
  checkText,
  checkTexts,
  type KeysOf,
} from "@countersign/core/checks";
import { type Format, type Severity, severities, type WebhookEvent } from "@countersign/core/event";
import type { TapPassEvent } from "@countersign/core/providers";
import {
  type Body,
  type EndpointOptions,
  type FilterOptions,
  json,
  never,
  type OutgoingEvent,
  readVariable,
  type Schedule,
  type StatusTable,
  template,
  waits,
} from "@countersign/sender";
import { chatOf, withData } from "../document/chats.ts";
import { readDocument } from "../document/document.ts";
import { readFields, readHeaders, readObject, readUrl } from "../document/fields.ts";
import { isSlip, suggestion } from "../document/nearest.ts";
import { type LoadedEndpoints, loaded, type Note } from "../document/notes.ts";
import { locating } from "../document/positions.ts";
import { checkTemplateFields, type Fields } from "../document/template-fields.ts";
import { nameList } from "../document/unwanted.ts";
import type { TapPassConfig, TapPassContext, TapPassExport } from "./config.ts";
import { patternsOf, redact } from "./redact.ts";

const CONTEXT: KeysOf<TapPassContext> = {
  env: "optional",
  redactors: "optional",
  formats: "optional",
  fields: "optional",
};

/** 5xx, connection errors and timeouts are retried, nothing else. */
const STATUSES: StatusTable = {
  "3xx": "permanent",
  "4xx": "permanent",
  "408": "permanent",
  "410": "permanent",
  "425": "permanent",
  "429": "permanent",
};

/** The audit event, and what a dead letter's has. What `detections` and `cost` hold is not documented. */
const FIELDS: Fields = {
  audit_id: true,
  timestamp: true,
  event_kind: true,
  agent_id: true,
  session_id: true,
  provider: true,
  model: true,
  detections: true,
  policy_result: { verdict: true, rule: true },
  severity: true,
  cost: true,
  message: true,
  endpoint: true,
  reason: true,
  attempts: true,
  event: { id: true, type: true, severity: true, time: true },
};

/**
 * Sends as TapPass exports to webhooks do. Takes the whole of its `observability.yaml`, or what it says; exports to other
 * destinations and other keys are skipped, and `notes` says so. Exhausted events raise `webhook.dlq`, which exports
 * without `event_kinds`, and those that list it, are sent.
 *
 * @throws ConfigurationError for a setting that TapPass would refuse or that is not possible here, with line and
 * column where text was given
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
export function fromTapPass(config: string | TapPassConfig, context: TapPassContext = {}): LoadedEndpoints {
  checkOptions(context, CONTEXT, "context");
  checkFunction(context.env, "context.env");
  checkTexts(context.fields ?? [], "context.fields");
  const { value, positions } = readDocument(config, () => "yaml");
  return locating(positions, "", () => readFile(value, context));
}

/** One of TapPass's own audit events as the sender takes it. */
export function tappassEvent(event: TapPassEvent): WebhookEvent<TapPassEvent> {
  const { audit_id: id, event_kind: type, timestamp: time } = event;
  return { id, type, severity: event.severity as Severity, time, data: event };
}

function readFile(value: unknown, context: TapPassContext): LoadedEndpoints {
  const { exports: list, ...others } = readObject(value, "");
  if (list === undefined) {
    const near = suggestion("exports", Object.keys(others));
    throw new ConfigurationError("exports", `exports is missing.${near}`);
  }
  if (!Array.isArray(list)) throw new ConfigurationError("exports", "exports must be a list.");
  const notes: Note[] = Object.keys(others).map((key) => ({
    option: key,
    message: `${key} is skipped, because only exports concerns webhooks.`,
  }));
  const endpoints = list.flatMap((one: unknown, index) => {
    const path = `exports[${index}]`;
    const note = skipped(one, path);
    if (note === undefined) return [readExport(one, context, path)];
    notes.push(note);
    return [];
  });
  return loaded(endpoints, notes);
}

/** Why an export is none of ours. A misspelt `webhook` is a mistake, not another destination. */
function skipped(one: unknown, path: string): Note | undefined {
  const { name, destination } = readObject(one, path);
  const kind = checkText(destination, `${path}.destination`);
  if (kind === "webhook") return undefined;
  if (isSlip(kind, ["webhook"]))
    throw new ConfigurationError(
      `${path}.destination`,
      `${path}.destination is ${JSON.stringify(kind)}.${suggestion(kind, ["webhook"])}`,
    );
  return {
    option: path,
    message: `${path} (${String(name)}) is skipped, because TapPass itself exports to ${kind}: it is no webhook.`,
  };
}

function readExport(value: unknown, context: TapPassContext, option: string): EndpointOptions {
  const one = readFields<TapPassExport>(
    value,
    ["name", "destination", "format", "webhook", "filters", "retry", "batch", "redact"],
    option,
  );
  const name = checkText(one.name, `${option}.name`);
  if (checkChoice(one.format ?? "json", `${option}.format`, ["json", "cef"]) === "cef") {
    throw new ConfigurationError(
      `${option}.format`,
      `${option}.format is "cef", which is not supported. Use json, with a body_template for another shape.`,
    );
  }
  const webhook = readFields<TapPassExport["webhook"]>(
    one.webhook,
    ["url", "method", "headers", "body_template"],
    `${option}.webhook`,
  );
  const expand = (text: unknown, path: string) => expandVariables(checkText(text, path), context, path);
  const throttle = readBatch(one.batch, webhook.body_template !== undefined, `${option}.batch`);
  const headers = readHeaders(
    Object.fromEntries(
      Object.entries(readObject(webhook.headers ?? {}, `${option}.webhook.headers`)).map(([header, text]) => [
        header,
        expand(text, `${option}.webhook.headers.${header}`),
      ]),
    ),
    `${option}.webhook.headers`,
  );
  const url = readUrl(expand(webhook.url, `${option}.webhook.url`), `${option}.webhook.url`);
  const hide = readRedact(one.redact, context, `${option}.redact`);
  const scope = (event: OutgoingEvent) => hide(auditEvent(event));
  const format = webhook.body_template === undefined ? formatOf(name, url, context) : undefined;
  return {
    name,
    url,
    method: checkChoice(webhook.method ?? "POST", `${option}.webhook.method`, ["POST", "PUT", "PATCH", "DELETE"]),
    headers: format === undefined ? headers : withoutContentType(headers),
    filter: readFilter(one.filters, `${option}.filters`),
    retry: readRetry(one.retry, `${option}.retry`),
    ...(format === undefined
      ? {
          body: readBody(webhook.body_template, headers, scope, context, throttle !== undefined, option),
          retryAfterCeiling: 0,
          statuses: STATUSES,
        }
      : { format: withData(format, (event) => scope(event as OutgoingEvent)) }),
    breaker: false,
    ...(throttle === undefined ? {} : { throttle }),
    testEvent: { type: "chat", data: { agent_id: "test", message: "This is a test event" } },
  };
}

function expandVariables(text: string, { env }: TapPassContext, option: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => readVariable(name, env, option));
}

/** The chat's own content type is the format's to say. */
function withoutContentType(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "content-type"));
}

function formatOf(name: string, url: string, { formats }: TapPassContext): Format | undefined {
  const chat = chatOf(url, ["slack", "discord", "googlechat"]);
  return formats?.[name] ?? (chat === undefined ? undefined : formats?.[chat]);
}

function readBody(
  source: string | undefined,
  headers: Readonly<Record<string, string>>,
  scope: (event: OutgoingEvent) => object,
  context: TapPassContext,
  batched: boolean,
  option: string,
): Body {
  if (source === undefined) return json({ event: scope, root: batched ? "array" : "object" });
  const path = `${option}.webhook.body_template`;
  const contentType = Object.entries(headers).find(([header]) => header.toLowerCase() === "content-type")?.[1];
  const env = context.env === undefined ? {} : { env: context.env };
  const isJson = contentType === undefined || /[/+]json\b/i.test(contentType);
  const body = template(
    source,
    { scope, ...env, ...(isJson ? {} : { json: false, contentType: contentType as string }) },
    path,
  );
  checkTemplateFields(source, FIELDS, context.fields ?? [], path);
  return body;
}

/** The audit event: what the application gave, with what every event has. Ids and times as TapPass writes them. */
function auditEvent({ id, time, type, severity, data }: OutgoingEvent): Record<string, unknown> {
  const own =
    typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : { data };
  const audit_id = id.startsWith("ae_") ? id : `ae_${id.replace(/^evt_|-/g, "")}`;
  const timestamp = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return { audit_id, timestamp, ...own, event_kind: type, severity };
}

function readRedact(options: TapPassExport["redact"], context: TapPassContext, option: string) {
  if (options === undefined) return (event: Record<string, unknown>) => event;
  const { categories, strategy } = readFields<NonNullable<TapPassExport["redact"]>>(
    options,
    ["categories", "strategy"],
    option,
  );
  const patterns = patternsOf(
    checkTexts(categories, `${option}.categories`),
    context.redactors ?? {},
    `${option}.categories`,
  );
  const replacement = checkChoice(strategy ?? "mask", `${option}.strategy`, ["mask", "remove"]) === "mask" ? "***" : "";
  return (event: Record<string, unknown>) => redact(event, patterns, replacement) as Record<string, unknown>;
}

function readFilter(filters: TapPassExport["filters"] = {}, option: string): FilterOptions {
  const { min_severity: least, event_kinds: kinds } = readFields<NonNullable<TapPassExport["filters"]>>(
    filters,
    ["min_severity", "event_kinds"],
    option,
  );
  const wanted = kinds === undefined ? undefined : new Set(checkTexts(kinds, `${option}.event_kinds`));
  const floor = least === undefined ? 0 : severities.indexOf(checkChoice(least, `${option}.min_severity`, severities));
  return {
    deadLetters: wanted?.has("webhook.dlq") ?? true,
    where({ type, severity }) {
      if (wanted?.has(type) === false) {
        return { cause: "event_kinds", reason: `filters.event_kinds: ${type} is none of ${nameList(wanted)}.` };
      }
      if (severities.indexOf(severity) >= floor) return true;
      return { cause: "min_severity", reason: `filters.min_severity: ${severity} is less than ${least}.` };
    },
  };
}

function readRetry(options: TapPassExport["retry"] = {}, option: string): Schedule {
  const { max_attempts: most, backoff_seconds: given } = readFields<NonNullable<TapPassExport["retry"]>>(
    options,
    ["max_attempts", "backoff_seconds"],
    option,
  );
  const list = given ?? [1, 2, 4, 8, 16];
  if (!Array.isArray(list) || list.some((wait) => typeof wait !== "number" || !(wait >= 0 && wait <= 86_400))) {
    throw new ConfigurationError(
      `${option}.backoff_seconds`,
      `${option}.backoff_seconds must be a list of seconds, 0 to 86400.`,
    );
  }
  const retries = checkInteger(most ?? 5, `${option}.max_attempts`, 0, 1_000);
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

function readBatch(options: TapPassExport["batch"], templated: boolean, option: string): EndpointOptions["throttle"] {
  if (options === undefined) return undefined;
  const batch = readFields<NonNullable<TapPassExport["batch"]>>(options, ["max_size", "max_wait_seconds"], option);
  if (templated) {
    throw new ConfigurationError(
      option,
      `${option} is not possible with a body_template, which makes a body for one event. Remove one of them.`,
    );
  }
  const seconds = batch.max_wait_seconds ?? 5;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= 3_600)) {
    throw new ConfigurationError(`${option}.max_wait_seconds`, `${option}.max_wait_seconds must be 0 to 3600.`);
  }
  return {
    window: milliseconds(seconds),
    maxEvents: checkInteger(batch.max_size ?? 100, `${option}.max_size`, 1, 10_000),
  };
}
