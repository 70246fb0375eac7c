import type { Clock } from "@countersign/core";
import type { MaybePromise } from "@countersign/core/adapter";
import type { FormattedMessage, Ruling } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import { askedWait } from "../pace/statuses.ts";
import type { AttemptErrorCode, Transport, TransportRequest, TransportResult } from "../transport/transport.ts";
import { judge } from "./judge.ts";

/** One request to make: what it carries, and what it is called. */
export interface AttemptInput {
  readonly endpoint: Endpoint;
  readonly message: Pick<FormattedMessage, "body" | "query"> & Partial<Pick<FormattedMessage, "cuts">>;
  /** The id that is signed, the same in every attempt. */
  readonly id: string;
  readonly number: number;
  readonly events: number;
  readonly part?: { readonly index: number; readonly of: number } | undefined;
  /** Name, value … of headers that hooks have added: behind the others, and not signed. */
  readonly added?: readonly string[] | undefined;
  /** The caller reads the answer's body, whatever the endpoint does. */
  readonly wholeBody?: boolean;
}

/** Cuts that a record keeps: a batch may have thousands. */
const MAX_CUTS = 20;

/** How it ended. */
export interface AttemptOutcome {
  readonly ruling: Ruling;
  readonly record: AttemptRecord;
  readonly result: TransportResult;
  /** Milliseconds that the receiver asked to be left alone; 0 when it did not. */
  readonly asked: number;
  /** Absent when the request could not be made. */
  readonly request?: TransportRequest;
}

/** A connection that lay idle for longer may be closed just as it is used; without a retry that would lose the event. */
const SHORT_IDLE = 1_000;

/** What an attempt acts through. */
export interface AttemptTools {
  readonly transport: Transport;
  readonly clock: Clock;
}

/** A request that can be made, or why it cannot. */
export type Prepared = TransportRequest | (TransportResult & { readonly kind: "error" });

/** Signs and sends one request, once. Never rejects: whatever goes wrong is its outcome. */
export function attempt(input: AttemptInput, transport: Transport, clock: Clock): Promise<AttemptOutcome> {
  const startedAt = clock.now();
  const make = (prepared: Prepared): Promise<AttemptOutcome> =>
    isRefused(prepared)
      ? Promise.resolve(conclude(input, startedAt, prepared, clock))
      : transport.request(prepared).then((result) => conclude(input, startedAt, result, clock, prepared));
  const prepared = prepare(input, startedAt);
  return prepared instanceof Promise ? prepared.then(make) : make(prepared);
}

/** Makes and signs the request: a promise only where the scheme signs asynchronously. Never rejects. */
export function prepare(input: AttemptInput, startedAt: number): MaybePromise<Prepared> {
  const { endpoint, message } = input;
  const url = message.query === undefined ? endpoint.url : withQuery(endpoint.url, message.query);
  const body = endpoint.method === "GET" ? undefined : Buffer.from(message.body, "utf8");
  if (body !== undefined && body.length > endpoint.bodyLimit) {
    const text = `The body is ${body.length} bytes, more than the endpoint's bodyLimit of ${endpoint.bodyLimit}.`;
    return failed("body_failed", text);
  }
  try {
    const signed = signedHeaders(input, url, body, startedAt);
    if (!(signed instanceof Promise)) return requestOf(input, url, body, signed);
    return signed.then((headers) => requestOf(input, url, body, headers), unsigned);
  } catch (error) {
    return unsigned(error);
  }
}

/** Whether no request could be made. */
export function isRefused(prepared: Prepared): prepared is Exclude<Prepared, TransportRequest> {
  return "kind" in prepared;
}

/** The message may quote the body: the kind of error is all that is told. */
function unsigned(error: unknown) {
  const kind = error instanceof Error ? error.name : "an error";
  return failed("signing_failed", `The request could not be signed (${kind}).`);
}

function requestOf(
  { endpoint, added, wholeBody }: AttemptInput,
  url: URL,
  body: Uint8Array | undefined,
  headers: readonly string[],
): TransportRequest {
  const { method, timeout, responseLimit, tls, retry } = endpoint;
  const request: Mutable<TransportRequest> = {
    url,
    method,
    headers: added === undefined ? headers : [...headers, ...added],
    body,
    timeout,
    responseLimit,
    wholeBody: wholeBody || endpoint.format !== undefined || endpoint.judge !== undefined,
    tls,
  };
  if (retry.attempts === 1) request.maxIdle = SHORT_IDLE;
  if (retry.atMostOnce) request.atMostOnce = true;
  return request;
}

function signedHeaders(
  { endpoint, id }: AttemptInput,
  url: URL,
  body: Uint8Array | undefined,
  now: number,
): MaybePromise<readonly string[]> {
  const { signer, headers, method, headerRecord } = endpoint;
  if (signer === undefined) return headers;
  const signed = signer.signer.sign({
    body: body ?? "",
    timestamp: new Date(now),
    id,
    method,
    url: url.href,
    headers: headerRecord,
  });
  return signed instanceof Promise
    ? signed.then((signature) => withSignature(headers, signature))
    : withSignature(headers, signed);
}

/** The signature's headers come last. No other header has their names: that was checked at definition. */
function withSignature(headers: readonly string[], signature: Readonly<Record<string, string>>): readonly string[] {
  const all = headers.slice();
  for (const name in signature) all.push(name, signature[name] as string);
  return all;
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value);
  return whole;
}

function failed(code: AttemptErrorCode, message: string): TransportResult & { readonly kind: "error" } {
  return { kind: "error", code, message, timings: { total: 0 } };
}

/** What came of it: how it is judged, and how it is recorded. */
export function conclude(
  input: AttemptInput,
  startedAt: number,
  result: TransportResult,
  clock: Pick<Clock, "now">,
  request?: TransportRequest,
): AttemptOutcome {
  const { endpoint } = input;
  const ruling = masked(judge(endpoint, result, input.number), endpoint);
  const asked = askedWait(result, ruling, clock, endpoint.retryAfterCeiling);
  const record = recordOf(input, startedAt, result, ruling);
  return request === undefined ? { ruling, result, asked, record } : { ruling, result, asked, record, request };
}

/** The reason may quote the answer, and the answer a secret: it goes to hooks, dead letters and the endpoint's state. */
function masked(ruling: Ruling, { mask }: Endpoint): Ruling {
  return ruling.kind === "success" ? ruling : { ...ruling, reason: mask(ruling.reason) };
}

function recordOf(input: AttemptInput, startedAt: number, result: TransportResult, ruling: Ruling): AttemptRecord {
  const { endpoint, number, events, part } = input;
  const { cuts } = input.message;
  const record: Mutable<AttemptRecord> = { number, startedAt, timings: result.timings, events };
  if (part !== undefined && part.of > 1) record.request = part;
  if (result.resent) record.resent = true;
  if (cuts !== undefined && cuts.length > 0) record.cuts = cuts.slice(0, MAX_CUTS);
  if (result.kind === "error") {
    record.error = result.code;
    record.message = endpoint.mask(result.message);
    return record;
  }
  record.status = result.status;
  if (result.body !== "" || result.truncated) {
    // Masked before it is cut: a cut through a secret would leave half of it.
    const shown = endpoint.mask(result.body, result.truncated);
    record.excerpt = cutAtCharacter(shown, endpoint.excerpt);
    record.excerptCut = result.truncated || shown.length > endpoint.excerpt;
  }
  if (ruling.kind === "success") return record;
  const redirect = result.status >= 300 && result.status < 400;
  record.error = redirect ? "redirected" : result.status < 300 ? "rejected" : "http_status";
  record.message = ruling.reason;
  const location = result.headers.location;
  if (redirect && location !== undefined && URL.canParse(location, endpoint.url.href)) {
    record.location = endpoint.mask(new URL(location, endpoint.url).origin);
  }
  return record;
}

/** The beginning of a text, whole code points only. */
export function cutAtCharacter(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
