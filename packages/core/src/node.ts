import { Answer } from "./answer.ts";
import type { Delivery } from "./delivery.ts";
import { answerInstead, DRAIN, mistake } from "./fetch.ts";
import type { Incoming } from "./incoming.ts";
import { isPromise, type Maybe } from "./maybe.ts";
import type { Receiver } from "./receiver.ts";
import type { RequestHead } from "./request.ts";

/** The part of `node:http`'s `IncomingMessage` that is used, and where frameworks keep bodies that they have read. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express keeps the whole path here. */
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly httpVersionMajor?: number;
  readonly complete?: boolean;
  readonly destroyed?: boolean;
  readonly readableEnded?: boolean;
  readonly readableDidRead?: boolean;
  /** The bytes that a parser kept: `express.json({ verify: keepRawBody })`, serverless platforms. */
  readonly rawBody?: unknown;
  readonly body?: unknown;
  on(event: string, listener: (...args: any[]) => void): unknown;
  removeListener(event: string, listener: (...args: any[]) => void): unknown;
  resume(): unknown;
  pause?(): unknown;
}

/** The part of `node:http`'s `ServerResponse` that is used. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly destroyed?: boolean;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers?: Record<string, string>): unknown;
  flushHeaders(): void;
  cork?(): void;
  end(...args: any[]): unknown;
  destroy?(...args: any[]): unknown;
}

/** Where the body's bytes come from: the request itself, unless something in front of us replaced the stream. */
type Source = Pick<NodeRequest, "on" | "removeListener" | "pause" | "destroyed" | "readableEnded" | "readableDidRead">;

/** Reads and verifies a request of `node:http`; answers without reading where the head is enough. */
export function readIncoming(
  verifier: Receiver<any>,
  request: NodeRequest,
  context: unknown,
  source: Source = request,
): Maybe<Delivery<any> | Answer> {
  const { method, url, originalUrl, headers, rawHeaders } = request;
  const begun = verifier.begin({ method, url: originalUrl ?? url ?? "", headers, rawHeaders } as RequestHead, context);
  if (!isPromise(begun))
    return begun instanceof Answer ? begun : readBody(verifier, request, begun as Incoming, source);
  return (begun as Promise<Incoming | Answer>).then((incoming) =>
    incoming instanceof Answer ? incoming : readBody(verifier, request, incoming, source),
  );
}

function readBody(
  verifier: Receiver<any>,
  request: NodeRequest,
  incoming: Incoming,
  source: Source,
): Maybe<Delivery | Answer> {
  const kept = keptBytes(request);
  if (kept !== undefined) return incoming.finishKept(kept);
  if (source.readableEnded === true || source.readableDidRead === true) {
    if (request.complete !== false && hasNoBody(request)) return incoming.finish();
    return incoming.refuse("body_consumed", whoTookIt(request));
  }
  if (source.destroyed === true) return incoming.refuse("body_incomplete", "the connection ended before the body did");
  return collect(verifier, request, incoming, source);
}

function collect(
  verifier: Receiver<any>,
  request: NodeRequest,
  incoming: Incoming,
  source: Source,
): Promise<Delivery | Answer> {
  const { deadlines, timeout } = verifier.settings;
  return new Promise((resolve, reject) => {
    let ended = false;
    /** Ends the reading once: the first reason to end is the only one that counts. */
    const end = (outcome: Maybe<Delivery | Answer>) => {
      ended = true;
      deadlines.delete(onLate);
      resolve(outcome);
    };
    /** Ends it before the body has ended, and listens no longer. */
    const stop = (refusal: Answer) => {
      source.removeListener("data", onData);
      source.removeListener("end", onEnd);
      source.removeListener("close", onGone);
      if (source !== request) {
        source.removeListener("error", onGone);
        request.removeListener("close", onAbort);
      }
      end(refusal);
    };
    const onData = (chunk: unknown) => {
      if (ended) return;
      const refusal =
        typeof chunk === "string"
          ? incoming.refuse(
              "body_consumed",
              "Something called setEncoding() on this request, so its bytes are gone. Verify before it.",
            )
          : incoming.update(chunk as Uint8Array);
      if (refusal === undefined) return;
      if (typeof chunk !== "string") source.pause?.(); // Now: a turn later Node has read another megabyte.
      stop(refusal);
    };
    const onEnd = () => {
      if (ended) return;
      try {
        end(incoming.finish());
      } catch (error) {
        reject(error);
      }
    };
    const onGone = () => {
      if (!ended) stop(incoming.refuse("body_incomplete", "the connection ended before the body did"));
    };
    // A stream that is piped from the request does not end when the client hangs up.
    const onAbort = () => {
      if (request.complete !== true) onGone();
    };
    const onLate = () => stop(incoming.refuse("body_timeout", timeout));
    source.on("data", onData);
    source.on("end", onEnd);
    source.on("close", onGone);
    if (source !== request) {
      // A request emits an error only where somebody listens for it, and then closes all the same.
      source.on("error", onGone);
      request.on("close", onAbort);
    }
    deadlines.add(onLate);
  });
}

/** The received bytes, where somebody before us has kept them. */
function keptBytes(request: NodeRequest): Uint8Array | undefined {
  if (request.rawBody instanceof Uint8Array) return request.rawBody;
  if (typeof request.rawBody === "string") return new TextEncoder().encode(request.rawBody);
  return request.body instanceof Uint8Array ? request.body : undefined;
}

function hasNoBody(request: NodeRequest): boolean {
  return request.headers["transfer-encoding"] === undefined && Number(request.headers["content-length"] ?? 0) === 0;
}

const PARSERS: readonly (readonly [type: RegExp, parser: string])[] = [
  [/json/i, "express.json()"],
  [/x-www-form-urlencoded/i, "express.urlencoded()"],
  [/^text\//i, "express.text()"],
];

function whoTookIt(request: NodeRequest): string {
  const type = String(request.headers["content-type"] ?? "");
  const parser = request.body === undefined ? undefined : PARSERS.find(([pattern]) => pattern.test(type))?.[1];
  if (parser === undefined) {
    return "Something in front of the webhook route has read this request's body, and the signed bytes are gone. Verify before it does, or keep the bytes in request.rawBody.";
  }
  return `${parser}, or a parser like it, has read this request's body before the webhook route, and the signed bytes are gone. Mount the parser behind the webhook route, or let it keep them: ${parser.replace("()", "({ verify: keepRawBody })")}, with keepRawBody from the adapter.`;
}

/**
 * Keeps the received bytes beside the parsed body, where the webhook adapter finds them.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { keepRawBody } from "@countersign/express";
 *
 * express().use(express.json({ verify: keepRawBody }));
 * ```
 */
export function keepRawBody(request: object, _response: unknown, body: Uint8Array): void {
  (request as { rawBody?: Uint8Array }).rawBody = body;
}

/**
 * Gives an answer on `node:http`, and sees to a body that nobody will read.
 *
 * @param drain reads what is left of the body, however long it is, so that the caller surely sees the answer
 */
export function answerIncoming(request: NodeRequest, response: NodeResponse, answer: Answer, drain = false): void {
  if (response.headersSent || response.writableEnded || response.destroyed === true) return;
  const body = answer.body ?? "";
  const leave = !drain && isLeft(request);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(leave ? closing(request) : undefined),
    "content-length": String(new TextEncoder().encode(body).length),
  });
  response.end(body);
  // While an HTTP/1 connection closes, Node would read on: two megabytes in each turn of the loop. In HTTP/2 it closes
  // the stream of its own accord, unless somebody has read from it; what is left then is drained, for want of a safe way.
  if (leave && (request.httpVersionMajor ?? 1) < 2) request.pause?.();
  else if (!leave || request.readableDidRead === true) request.resume();
}

const CLOSE: Readonly<Record<string, string>> = Object.freeze({ connection: "close" });

/**
 * The headers that end a connection whose unread body is larger than what is worth draining. Node drains what is left
 * by itself and without a bound, unless the connection closes.
 */
export function closing(request: NodeRequest): Readonly<Record<string, string>> | undefined {
  return isLeft(request) && (request.httpVersionMajor ?? 1) < 2 ? CLOSE : undefined;
}

/** True when more of the body may come than is worth draining. */
function isLeft(request: NodeRequest): boolean {
  return request.complete !== true && request.readableEnded !== true && !isSmall(request);
}

function isSmall(request: NodeRequest): boolean {
  if (request.headers["transfer-encoding"] !== undefined) return false;
  const length = request.headers["content-length"];
  // Without a length there is no body in HTTP/1, and one of any size in HTTP/2.
  return length === undefined ? (request.httpVersionMajor ?? 1) < 2 : Number(length) <= DRAIN;
}

/** What stands between a response and its end. */
interface Settling {
  readonly delivery: Delivery<any>;
  readonly end: (...args: any[]) => unknown;
  readonly destroy: ((...args: any[]) => unknown) | undefined;
  phase: "open" | "settling" | "settled";
}
type SettlingResponse = NodeResponse & { "~settling"?: Settling };

/**
 * Settles a delivery when its handler ends the response: before the last byte is sent, so that who has seen a success
 * can rely on it. A client that hangs up does not end the handler, and so not the claim.
 */
export function settleOnEnd(response: NodeResponse, delivery: Delivery<any>): void {
  if (!delivery.claimed) return;
  delivery.hold();
  const { end, destroy } = response;
  // The same functions and a plain name for every response: closures or a symbol would give each a shape of its own,
  // and all of node:http would run slower on it.
  (response as SettlingResponse)["~settling"] = { delivery, end, destroy, phase: "open" };
  response.end = settledEnd;
  // A handler that fails while it streams destroys the response and never ends it. Node itself does not call this
  // when the client hangs up.
  if (destroy !== undefined) response.destroy = settledDestroy;
}

function settledEnd(this: SettlingResponse, ...args: any[]): unknown {
  const settling = this["~settling"] as Settling;
  const { delivery, end, phase } = settling;
  if (phase === "settled") return end.apply(this, args);
  if (phase === "settling") return this;
  settling.phase = "settling";
  const status = this.statusCode;
  const settled = delivery.settle(status >= 200 && status < 300);
  const finish = () => {
    settling.phase = "settled";
    return end.apply(this, args);
  };
  if (!isPromise(settled)) return finish();
  // The status is fixed now, whatever runs before the store has answered; the last byte waits for it.
  this.cork?.();
  if (!this.headersSent) this.flushHeaders();
  settled.then(finish, finish);
  return this;
}

function settledDestroy(this: SettlingResponse, ...args: any[]): unknown {
  const settling = this["~settling"] as Settling;
  const { delivery, destroy, phase } = settling;
  if (phase === "settled") return destroy?.apply(this, args);
  if (phase === "settling") return this;
  settling.phase = "settling";
  const settled = delivery.settle(false);
  const finish = () => {
    settling.phase = "settled";
    return destroy?.apply(this, args);
  };
  if (!isPromise(settled)) return finish();
  settled.then(finish, finish);
  return this;
}

/**
 * Lets a request through or answers it: the whole of what an adapter on `node:http` does.
 *
 * @param accepted is called with a delivery that the handler must see; settling is arranged
 * @param mistaken is called when the application's own set-up is wrong (a parser took the body)
 */
export function admitIncoming(
  verifier: Receiver<any>,
  request: NodeRequest,
  response: NodeResponse,
  context: unknown,
  accepted: (delivery: Delivery<any>) => void,
  mistaken: (error: Error) => void,
  source?: Source,
): void {
  const admit = (outcome: Delivery<any> | Answer): void => {
    const answer = answerInstead(verifier, outcome);
    if (answer === undefined) {
      const delivery = outcome as Delivery<any>;
      if (!verifier.settings.manual) settleOnEnd(response, delivery);
      accepted(delivery);
      return;
    }
    const error = mistake(answer);
    if (error === undefined) answerIncoming(request, response, answer);
    else mistaken(error);
  };
  const outcome = readIncoming(verifier, request, context, source);
  if (isPromise(outcome)) outcome.then(admit as (value: unknown) => void).catch(mistaken);
  else admit(outcome);
}
