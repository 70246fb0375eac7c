import type { Clock } from "@countersign/core";
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
  readonly part?: { readonly index: number; readonly of: number };
  /** Name, value … of headers that hooks have added: behind the others, and not signed. */
  readonly added?: readonly string[];
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

/** Signs and sends one request, once. Never rejects: whatever goes wrong is its outcome. */
export async function attempt(input: AttemptInput, tools: AttemptTools): Promise<AttemptOutcome> {
  const { endpoint, message } = input;
  const startedAt = tools.clock.now();
  const url = message.query === undefined ? endpoint.url : withQuery(endpoint.url, message.query);
  const body = endpoint.method === "GET" ? undefined : Buffer.from(message.body, "utf8");
  if (body !== undefined && body.length > endpoint.bodyLimit) {
    const text = `The body is ${body.length} bytes, more than the endpoint's bodyLimit of ${endpoint.bodyLimit}.`;
    return conclude(input, startedAt, failed("body_failed", text), tools, undefined);
  }
  let headers: readonly string[];
  try {
    const signed = signedHeaders(input, url, body, startedAt);
    headers = signed instanceof Promise ? await signed : signed;
  } catch (error) {
    // The message may quote the body: the kind of error is all that is told.
    const kind = error instanceof Error ? error.name : "an error";
    const text = `The request could not be signed (${kind}).`;
    return conclude(input, startedAt, failed("signing_failed", text), tools, undefined);
  }
  const { method, timeout, responseLimit, tls } = endpoint;
  const wholeBody = input.wholeBody || endpoint.format !== undefined || endpoint.judge !== undefined;
  const request: TransportRequest = {
    url,
    method,
    headers: input.added === undefined ? headers : [...headers, ...input.added],
    body,
    timeout,
    responseLimit,
    wholeBody,
    tls,
    ...(endpoint.retry.attempts === 1 ? { maxIdle: SHORT_IDLE } : {}),
    ...(endpoint.retry.atMostOnce ? { atMostOnce: true } : {}),
  };
  return conclude(input, startedAt, await tools.transport.request(request), tools, request);
}

function signedHeaders(
  { endpoint, id }: AttemptInput,
  url: URL,
  body: Uint8Array | undefined,
  now: number,
): readonly string[] | Promise<readonly string[]> {
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

function failed(code: AttemptErrorCode, message: string): TransportResult {
  return { kind: "error", code, message, timings: { total: 0 } };
}

function conclude(
  input: AttemptInput,
  startedAt: number,
  result: TransportResult,
  { clock }: AttemptTools,
  request: TransportRequest | undefined,
): AttemptOutcome {
  const { endpoint } = input;
  const ruling = judge(endpoint, result, input.number);
  const asked = askedWait(result, ruling, clock.now(), endpoint.retryAfterCeiling);
  const record = recordOf(input, startedAt, result, ruling);
  return request === undefined ? { ruling, result, asked, record } : { ruling, result, asked, record, request };
}

function recordOf(input: AttemptInput, startedAt: number, result: TransportResult, ruling: Ruling): AttemptRecord {
  const { endpoint, number, events, part } = input;
  const cuts = input.message.cuts ?? [];
  const record: Mutable<AttemptRecord> = { number, startedAt, timings: result.timings, events };
  if (part !== undefined && part.of > 1) record.request = part;
  if (result.resent) record.resent = true;
  if (cuts.length > 0) record.cuts = cuts.slice(0, MAX_CUTS);
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
  record.message = endpoint.mask(ruling.reason);
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
