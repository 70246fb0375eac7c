import { ConfigurationError, parseDuration } from "@countersign/core";
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkInteger,
  checkKeys,
  checkOptions,
  checkText,
  checkTexts,
  type KeysOf,
} from "@countersign/core/checks";
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
import type { EndpointOptions, Method } from "./options.ts";
import { checkConcurrency, checkRate, checkSchedule, checkThrottle } from "./pacing.ts";
import { checkSign, type EndpointSigner } from "./sign.ts";
import { checkTls } from "./tls.ts";
import { checkUrl } from "./url.ts";

/** An endpoint, checked, with its defaults, its secrets read. Never leaves the sender: it contains secrets. */
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
const KEYS: KeysOf<EndpointOptions> = {
  name: "required",
  url: "required",
  method: "optional",
  sign: "optional",
  auth: "optional",
  headers: "optional",
  body: "optional",
  format: "optional",
  filter: "optional",
  timeout: "optional",
  retry: "optional",
  statuses: "optional",
  judge: "optional",
  retryAfterCeiling: "optional",
  discardAfter: "optional",
  throttle: "optional",
  rate: "optional",
  concurrency: "optional",
  order: "optional",
  breaker: "optional",
  tls: "optional",
  responseLimit: "optional",
  excerpt: "optional",
  bodyLimit: "optional",
  lossy: "optional",
  enabled: "optional",
  schemes: "optional",
  ports: "optional",
  testEvent: "optional",
};

/** Checks everything and reads the secrets. @throws ConfigurationError that names the option and how to mend it */
export function defineEndpoint(options: EndpointOptions, { guard, readers }: EndpointContext): Endpoint {
  const name = readName(options);
  checkOptions(options, KEYS, name);
  const at = (option: keyof EndpointOptions) => `${name}.${option}`;

  const { format } = options;
  const method = checkChoice(options.method ?? "POST", at("method"), METHODS);
  const body = checkBody(options, method, name);
  const url = checkUrl(options, guard, name);
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

/** Every further error of the definition is called by this name. */
function readName(options: EndpointOptions): string {
  checkKeys(options, Object.keys(options ?? {}), "endpoint");
  const name = checkText(options.name, "endpoint.name");
  if (name.length > 128) throw new ConfigurationError("endpoint.name", "endpoint.name must be at most 128 characters.");
  return name;
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
        `${name} has both body and format. A format makes its own body; remove one of them.`,
      );
    }
    checkFormat(format, `${name}.format`);
  }
  if (body !== undefined) checkOwnBody(body, `${name}.body`);
  if (method === "GET" && (body !== undefined || format !== undefined)) {
    throw new ConfigurationError(
      `${name}.method`,
      `${name}.method is GET, which carries no body. Remove body and format, or use POST.`,
    );
  }
  return body ?? json();
}

/** The chat formats are functions too. */
function checkFormat(format: Format, option: string): void {
  const { destination, messages, judge, contentType, rate } = format;
  const isCount = (value: unknown) => typeof value === "number" && value > 0;
  const isRate =
    rate === undefined || (Number.isInteger(rate?.requests) && isCount(rate.requests) && isCount(rate.per));
  const complete = [destination, messages, judge].every((one) => typeof one === "function");
  if (complete && isRate && typeof contentType === "string") return;
  throw new ConfigurationError(option, `${option} must be a format such as slack() of @countersign/chat.`);
}

function checkOwnBody(body: Body, option: string): void {
  if (typeof body !== "object" || body === null || typeof body.render !== "function") {
    throw new ConfigurationError(option, `${option} must be json(…) or template(…).`);
  }
  checkText(body.contentType, `${option}.contentType`);
  checkBoolean(body.batches, `${option}.batches`);
  if (body.secrets !== undefined) checkTexts(body.secrets, `${option}.secrets`);
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
      throw new ConfigurationError(option, `${option} sets a header that belongs to ${owner}.`, "reserved_header");
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
  const pairs: [name: string, value: string][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([(list[i] as string).toLowerCase(), list[i + 1] as string]);
  return Object.fromEntries(pairs);
}
