import { ConfigurationError, parseDuration } from "@countersign/core";
import { checkBoolean, checkChoice, checkInteger, checkKeys, checkText } from "@countersign/core/checks";
import type { Format, WebhookEvent } from "@countersign/core/event";
import type { Body } from "../body/body.ts";
import { json } from "../body/json.ts";
import { type BreakerSettings, checkBreaker } from "../pace/breaker.ts";
import { exponential, type Schedule } from "../pace/schedule.ts";
import { defaultStatuses, defineStatuses, type Meaning, spreadStatuses } from "../pace/statuses.ts";
import { createMask, type Mask, secretsOfUrl } from "../secret/mask.ts";
import type { Readers } from "../secret/secret.ts";
import type { Guard } from "../transport/guard.ts";
import type { TlsSettings } from "../transport/transport.ts";
import { defineFilter, type Filter } from "./filter.ts";
import { checkAuth, checkHeaders } from "./headers.ts";
import type { EndpointOptions, Method, RateOptions, ThrottleOptions } from "./options.ts";
import { checkSign, type EndpointSigner } from "./sign.ts";
import { checkTls } from "./tls.ts";
import { checkUrl } from "./url.ts";

/** An endpoint, checked, with its defaults, its secrets read. Never leaves the sender: it holds secrets. */
export interface Endpoint {
  readonly options: EndpointOptions;
  readonly name: string;
  readonly url: URL;
  readonly method: Method;
  /** Name, value …, without the signature's. */
  readonly headers: readonly string[];
  /** The same by lower-case name, for schemes that sign headers. */
  readonly headerRecord: Readonly<Record<string, string>>;
  readonly signer: EndpointSigner | undefined;
  readonly body: Body;
  readonly format: Format | undefined;
  readonly filter: Filter;
  readonly timeout: number;
  readonly retry: Schedule;
  readonly statuses: readonly Meaning[];
  readonly judge: EndpointOptions["judge"];
  readonly retryAfterCeiling: number;
  readonly discardAfter: number;
  readonly throttle: { readonly window: number; readonly maxEvents: number } | undefined;
  readonly rate: { readonly requests: number; readonly per: number } | undefined;
  readonly concurrency: number;
  readonly order: "due" | "fifo";
  readonly breaker: BreakerSettings | undefined;
  readonly tls: TlsSettings | undefined;
  readonly responseLimit: number;
  readonly excerpt: number;
  readonly bodyLimit: number;
  readonly lossy: boolean;
  readonly enabled: boolean;
  readonly testEvent: WebhookEvent | undefined;
  readonly mask: Mask;
}

/** What definitions are checked against. */
export interface EndpointContext {
  readonly guard: Guard;
  readonly readers: Readers;
}

const METHODS: readonly Method[] = ["POST", "PUT", "PATCH", "DELETE", "GET"];
const KEYS: readonly string[] = Object.keys({
  name: 0,
  url: 0,
  method: 0,
  sign: 0,
  auth: 0,
  headers: 0,
  body: 0,
  format: 0,
  filter: 0,
  timeout: 0,
  retry: 0,
  statuses: 0,
  judge: 0,
  retryAfterCeiling: 0,
  discardAfter: 0,
  throttle: 0,
  rate: 0,
  concurrency: 0,
  order: 0,
  breaker: 0,
  tls: 0,
  responseLimit: 0,
  excerpt: 0,
  bodyLimit: 0,
  lossy: 0,
  enabled: 0,
  schemes: 0,
  ports: 0,
  testEvent: 0,
} satisfies Record<keyof EndpointOptions, 0>);

/** Checks everything and reads the secrets. @throws ConfigurationError that names the option and how to mend it */
export function defineEndpoint(options: EndpointOptions, { guard, readers }: EndpointContext): Endpoint {
  checkKeys(options, KEYS, "endpoint");
  const name = checkText(options.name, "endpoint.name");
  if (name.length > 128) throw new ConfigurationError("endpoint.name", "endpoint.name must be at most 128 characters.");
  const at = (option: string) => `${name}.${option}`;

  const { format } = options;
  const url = checkUrl(options, guard, name);
  const method = checkChoice(options.method ?? "POST", at("method"), METHODS);
  const body = checkBody(options, method, name);
  const signer = checkSign(options.sign, readers, at("sign"));
  const auth = checkAuth(options.auth, readers, at("auth"));
  const headers = checkHeaders(options.headers, takenNames(signer, auth.list, at("auth")), readers, at("headers"));
  const tls = checkTls(options.tls, readers, at("tls"));
  const fifo = checkChoice(options.order ?? "any", at("order"), ["any", "fifo"]) === "fifo";
  const throttle = checkThrottle(options.throttle, format !== undefined || body.batches, at("throttle"));
  const single = fifo || throttle !== undefined;

  const wire = startHeaders(method, format?.contentType ?? body.contentType, [...headers.list, ...auth.list]);

  return Object.freeze({
    options,
    name,
    url,
    method,
    headers: wire,
    headerRecord: byName(wire),
    signer,
    body,
    format,
    filter: defineFilter(options.filter, at("filter")),
    timeout: parseDuration(options.timeout ?? "30s", at("timeout"), 1),
    retry: checkSchedule(options.retry ?? exponential(), at("retry")),
    statuses: spreadStatuses(defineStatuses(options.statuses, defaultStatuses, at("statuses"))),
    judge: checkFunction(options.judge, at("judge")),
    retryAfterCeiling: parseDuration(options.retryAfterCeiling ?? "1h", at("retryAfterCeiling")),
    discardAfter:
      options.discardAfter === undefined
        ? Number.POSITIVE_INFINITY
        : parseDuration(options.discardAfter, at("discardAfter"), 1),
    throttle,
    rate: checkRate(options.rate, at("rate")) ?? format?.rate,
    concurrency: checkConcurrency(options.concurrency, single, at("concurrency")),
    order: fifo ? "fifo" : "due",
    breaker: checkBreaker(options.breaker, at("breaker")),
    tls: tls.settings,
    responseLimit: checkInteger(options.responseLimit ?? 65_536, at("responseLimit"), 0, 16 * 1024 * 1024),
    excerpt: checkInteger(options.excerpt ?? 1_024, at("excerpt"), 0, 65_536),
    bodyLimit: checkInteger(options.bodyLimit ?? 8 * 1024 * 1024, at("bodyLimit"), 1, 256 * 1024 * 1024),
    lossy: checkBoolean(options.lossy ?? false, at("lossy")),
    enabled: checkBoolean(options.enabled ?? true, at("enabled")),
    testEvent: options.testEvent,
    mask: createMask([
      ...secretsOfUrl(url),
      ...(signer?.secrets ?? []).flatMap(withoutPrefix),
      ...auth.secrets,
      ...headers.secrets,
      ...tls.secrets,
      ...(body.secrets ?? []),
    ]),
  } satisfies Endpoint);
}

/** A secret, and what is left of it without a prefix that is not secret: `whsec_…`. */
function withoutPrefix(secret: string | Uint8Array): (string | Uint8Array)[] {
  return typeof secret === "string" ? [secret, secret.replace(/^[a-z]{2,8}_/, "")] : [secret];
}

function checkBody(options: EndpointOptions, method: Method, name: string): Body {
  const { body, format } = options;
  if (format !== undefined) {
    if (body !== undefined) {
      throw new ConfigurationError(
        `${name}.body`,
        `${name} has both body and format. A format makes its own body; take one out.`,
      );
    }
    // The chat formats are functions too.
    if (typeof format?.messages !== "function" || typeof format.judge !== "function") {
      throw new ConfigurationError(
        `${name}.format`,
        `${name}.format must be a format such as slack() of @countersign/chat.`,
      );
    }
  }
  if (body !== undefined && (typeof body !== "object" || body === null || typeof body.render !== "function")) {
    throw new ConfigurationError(`${name}.body`, `${name}.body must be json(…) or template(…).`);
  }
  if (method === "GET" && (body !== undefined || format !== undefined)) {
    throw new ConfigurationError(
      `${name}.method`,
      `${name}.method is GET, which carries no body; take out body and format, or use POST.`,
    );
  }
  return body ?? json();
}

/** Names that only one part may write, by lower-case name. */
function takenNames(
  signer: EndpointSigner | undefined,
  auth: readonly string[],
  option: string,
): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  for (const name of signer?.signer.headers ?? []) taken.set(name, "the signature (sign)");
  const own = auth[0]?.toLowerCase();
  if (own !== undefined) {
    const owner = taken.get(own);
    if (owner !== undefined)
      throw new ConfigurationError(option, `${option} writes a header that belongs to ${owner}.`, "reserved_header");
    taken.set(own, "auth");
  }
  return taken;
}

function startHeaders(method: Method, contentType: string, own: readonly string[]): readonly string[] {
  const has = (name: string) => own.some((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  const list: string[] = [];
  if (method !== "GET" && !has("content-type")) list.push("content-type", contentType);
  if (!has("user-agent")) list.push("user-agent", "countersign");
  return [...list, ...own];
}

function byName(list: readonly string[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null);
  for (let i = 0; i < list.length; i += 2) record[(list[i] as string).toLowerCase()] = list[i + 1] as string;
  return record;
}

function checkThrottle(options: ThrottleOptions | undefined, batches: boolean, option: string) {
  if (options === undefined) return undefined;
  checkKeys(options, ["window", "maxEvents"], option);
  if (!batches) {
    throw new ConfigurationError(
      option,
      `${option} groups events, but this body holds one. Use json({ root: "array" }) or take throttle out.`,
    );
  }
  return {
    window: parseDuration(options.window, `${option}.window`),
    maxEvents: checkInteger(options.maxEvents ?? 100, `${option}.maxEvents`, 1, 10_000),
  };
}

function checkRate(options: RateOptions | undefined, option: string) {
  if (options === undefined) return undefined;
  checkKeys(options, ["requests", "per"], option);
  return {
    requests: checkInteger(options.requests, `${option}.requests`, 1, 10_000),
    per: parseDuration(options.per, `${option}.per`, 1),
  };
}

function checkConcurrency(value: number | undefined, single: boolean, option: string): number {
  if (single && value !== undefined && value !== 1) {
    throw new ConfigurationError(
      option,
      `${option} must be 1 with throttle or order "fifo": two requests at once keep no order.`,
    );
  }
  return single ? 1 : checkInteger(value ?? 8, option, 1, 1_024);
}

function checkSchedule(schedule: Schedule, option: string): Schedule {
  if (typeof schedule !== "object" || schedule === null || typeof schedule.next !== "function") {
    throw new ConfigurationError(
      option,
      `${option} must be a schedule: waits([…]), every(…), exponential(…) or never().`,
    );
  }
  return schedule;
}

function checkFunction<Value>(value: Value, option: string): Value {
  if (value !== undefined && typeof value !== "function")
    throw new ConfigurationError(option, `${option} must be a function.`);
  return value;
}
