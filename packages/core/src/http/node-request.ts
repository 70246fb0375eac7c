import type { Answer } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { Delivery } from "../receive/delivery.ts";
import { Incoming } from "../receive/incoming.ts";
import type { Settings } from "../receive/settings.ts";
import type { Receiver } from "./receiver.ts";

/** The part of `node:http`'s `IncomingMessage` that is used, and where frameworks keep bodies that they have read. */
export interface NodeRequest {
  /** In upper case, as Node's parser hands it out. */
  readonly method?: string | undefined;
  /** Path and query; shortened by routers, for which `originalUrl` is there. */
  readonly url?: string | undefined;
  /** Express keeps the whole path here. */
  readonly originalUrl?: string;
  /** Lower-case names; a list where Node keeps several lines apart. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Every line as it came, name and value in turn: shows repetitions that Node drops from `headers`. */
  readonly rawHeaders?: readonly string[];
  /** 2 for HTTP/2, where a connection is not closed to refuse one request. */
  readonly httpVersionMajor?: number;
  /** True when the whole message has arrived. */
  readonly complete?: boolean;
  /** True when the client has hung up. */
  readonly destroyed?: boolean;
  /** The connection: by it a client that went is told from a server that broke off. */
  readonly socket?: {
    /** True when the client has closed its side: it went. */
    readonly readableEnded?: boolean;
    /** What broke the connection: a reset counts as a client that went. */
    readonly errored?: Error | null;
  } | null;
  /** What HTTP/2 has in place of a connection of its own. */
  readonly stream?: {
    /** True when the client reset it before its end. */
    readonly aborted?: boolean;
  };
  /** True when the stream has already ended: whatever read it must have kept the bytes. */
  readonly readableEnded?: boolean;
  /** True when somebody else has read from the stream. */
  readonly readableDidRead?: boolean;
  /** The bytes that a parser kept: `express.json({ verify: keepRawBody })`, serverless platforms. */
  readonly rawBody?: unknown;
  /** A Buffer, from `express.raw()` or a serverless platform, is taken as the bytes; anything parsed is not. */
  readonly body?: unknown;
  /** Adds a listener for `data`, `end`, `error`, `aborted` or `close`. */
  on(event: string, listener: (...args: any[]) => void): unknown;
  /** Takes a listener away, so that nothing is left behind for the next owner of the stream. */
  removeListener(event: string, listener: (...args: any[]) => void): unknown;
  /** Lets a refused body run off, to keep the connection. */
  resume(): unknown;
  /** Cuts the connection of a refused body that does not end. */
  destroy?(): unknown;
  /** Stops the flow: of a refused body nothing more is read. */
  pause?(): unknown;
}

/** The part of `node:http`'s `ServerResponse` that is used. */
export interface NodeResponse {
  /** Of the answer, 200 until somebody sets it: 2xx commits the delivery. */
  statusCode: number;
  /** True when the answer has begun and its head cannot be changed. */
  readonly headersSent: boolean;
  /** True when somebody has called `end()`. */
  readonly writableEnded: boolean;
  /** True when the connection is gone. */
  readonly destroyed?: boolean;
  /** Sets one line of the answer's head. */
  setHeader(name: string, value: string): unknown;
  /** Writes the answer's first line and its headers. */
  writeHead(status: number, headers?: Record<string, string>): unknown;
  /** Sends the head before the body is there. */
  flushHeaders(): void;
  /** Keeps what is written together until `uncork()`. */
  cork?(): void;
  /** Writes the last bytes; held back until the store has answered the commit. */
  end(...args: any[]): unknown;
  /** Ends the connection, with or without a reason. */
  destroy?(...args: any[]): unknown;
  /** Hears `close` and `finish`. */
  on?(event: string, listener: (...args: any[]) => void): unknown;
}

/** Where the body's bytes come from: the request itself, unless something in front of us replaced the stream. */
export type Source = Pick<
  NodeRequest,
  "on" | "removeListener" | "pause" | "destroyed" | "readableEnded" | "readableDidRead"
>;

/** Connections whose last answer has been given: `connection: close` stands in it. */
const closed = new WeakSet<object>();

/** Nothing that comes on this connection from now on is handled (RFC 9112, 9.6). */
export function closeAfter({ socket }: NodeRequest): void {
  if (socket) closed.add(socket);
}

/** To a request that was sent behind a refused one. It is never written: its connection ends before its turn. */
const UNHEARD: Answer = Object.freeze({ status: 400 });

/** Judges the head of a request of `node:http`. */
export function beginIncoming<Context>(
  receiver: Receiver<Context>,
  { method, url, originalUrl, headers, rawHeaders, socket }: NodeRequest,
  context: Context | undefined,
): MaybePromise<Incoming | Answer> {
  // Node goes on to parse what came in the same packet. Its sender would get no answer, and send it again.
  if (socket && closed.has(socket)) return UNHEARD;
  return receiver.begin({ method, url: originalUrl ?? url ?? "", headers, rawHeaders } as RequestHead, context);
}

/** Reads and verifies a request of `node:http`; answers without reading where the head is enough. */
export function readIncoming<Context>(
  receiver: Receiver<Context>,
  request: NodeRequest,
  context: Context | undefined,
  source: Source = request,
): MaybePromise<Delivery<any> | Answer> {
  return andThen(beginIncoming(receiver, request, context), (incoming) =>
    incoming instanceof Incoming ? readIncomingBody(receiver.settings, request, incoming, source) : incoming,
  );
}

/** The body of a request of `node:http` whose head was accepted. */
export function readIncomingBody(
  settings: Settings,
  request: NodeRequest,
  incoming: Incoming,
  source: Source = request,
): MaybePromise<Delivery<any> | Answer> {
  const buffered = bufferedBytes(request);
  if (buffered !== undefined) return incoming.finishBuffered(buffered);
  if (source.readableEnded === true || source.readableDidRead === true) {
    if (request.complete !== false && hasNoBody(request)) return incoming.finish();
    return incoming.refuse("body_consumed", whoTookIt(request));
  }
  if (source.destroyed === true) return incoming.refuse("body_incomplete", "the connection ended before the body did");
  return collect(settings, request, incoming, source);
}

function collect(
  { deadlines, timeout }: Settings,
  request: NodeRequest,
  incoming: Incoming,
  source: Source,
): Promise<Delivery | Answer> {
  return new Promise((resolve, reject) => {
    let ended = false;
    /** Ends the reading once: the first reason to end is the only one that counts. */
    const end = (result: MaybePromise<Delivery | Answer>) => {
      ended = true;
      deadlines.delete(onLate);
      resolve(result);
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
function bufferedBytes(request: NodeRequest): Uint8Array | undefined {
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
