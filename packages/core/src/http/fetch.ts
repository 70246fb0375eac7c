import type { Answer } from "../errors/errors.ts";
import type { FetchHeaders } from "../head/headers.ts";
import type { MaybePromise } from "../lib/promises.ts";
import { Delivery } from "../receive/delivery.ts";
import { Incoming } from "../receive/incoming.ts";
import { inspected, isInspected } from "../receive/inspect.ts";
import { Refusal } from "../receive/refusal.ts";
import type { Settings } from "../receive/settings.ts";
import { within } from "../time/clock.ts";
import { ABANDONED, DRAIN, isSuccess, mistake } from "./answer.ts";
import type { Receiver } from "./receiver.ts";

/** As much of a Fetch `Request` as a verifier looks at, so that every runtime's own class fits. */
export interface WebRequest {
  /** In upper case, as Fetch normalizes it. */
  readonly method: string;
  /** Absolute. Behind a proxy see the option `publicUrl`. */
  readonly url: string;
  /** Looked up one by one; never listed. */
  readonly headers: FetchHeaders;
  /** A stream of bytes, or `null`. */
  readonly body: unknown;
  /** True when something else has read it: the signed bytes are then gone. */
  readonly bodyUsed: boolean;
  /** Aborted when its client has gone, where the runtime tells: the claim of a handler that goes on then is bounded. */
  readonly signal?: AbortSignal | null;
}

/** As much of a Fetch `Response` as settling looks at. */
export interface WebResponse {
  /** 2xx commits the delivery, anything else releases it. */
  readonly status: number;
  /** A stream of bytes or `null`; handed on to the runtime untouched. */
  readonly body: unknown;
}

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}
interface Stream {
  getReader(): Reader;
}

/** Judges the head of a Fetch request. */
export function beginRequest<Context>(
  receiver: Receiver<Context>,
  { method, url, headers }: WebRequest,
  context: Context | undefined,
): MaybePromise<Incoming | Answer> {
  return receiver.begin({ method, url, headers }, context);
}

/**
 * Reads and verifies a Fetch request; answers without reading where the head is enough.
 *
 * @param buffered the body's bytes, where the framework has read and kept them
 */
export async function readRequest<Context>(
  receiver: Receiver<Context>,
  request: WebRequest,
  context: Context | undefined,
  buffered?: Uint8Array,
): Promise<Delivery<any> | Answer> {
  const incoming = await beginRequest(receiver, request, context);
  // A body that nobody has asked for is the runtime's: cancelling it can end the connection before the answer is out.
  return incoming instanceof Incoming ? readRequestBody(receiver.settings, request, incoming, buffered) : incoming;
}

/** The body of a Fetch request whose head was accepted. */
export async function readRequestBody(
  { clock, timeout }: Settings,
  request: WebRequest,
  incoming: Incoming,
  buffered?: Uint8Array,
): Promise<Delivery<any> | Answer> {
  if (buffered !== undefined) return incoming.finishBuffered(buffered);
  if (request.bodyUsed) {
    return incoming.refuse(
      "body_consumed",
      "Another part of the application has read this request's body already. Verify before anything calls request.json(), text() or arrayBuffer(), or give verify() the bytes.",
    );
  }
  const stream = request.body as Stream | null | undefined;
  if (!stream) return incoming.finish();
  let reader: Reader;
  try {
    reader = stream.getReader();
  } catch (cause) {
    return incoming.refuse(
      "body_consumed",
      "Another part of the application holds a reader of this request's body. Verify before it.",
      cause,
    );
  }
  const refusal = await within(clock, timeout, readAll(reader, incoming), () =>
    incoming.refuse("body_timeout", timeout),
  );
  if (refusal === undefined) return incoming.finish();
  Promise.resolve(reader.cancel()).catch(() => {});
  return refusal;
}

/** Reads to the end of the body and no further: what follows takes its own time. */
async function readAll(reader: Reader, incoming: Incoming): Promise<Refusal | undefined> {
  for (;;) {
    let read: Awaited<ReturnType<Reader["read"]>>;
    try {
      read = await reader.read();
    } catch (cause) {
      return incoming.refuse("body_incomplete", "the connection ended before the body did", cause);
    }
    if (read.done) return undefined;
    const refusal = incoming.update(read.value as Uint8Array);
    if (refusal !== undefined) return refusal;
  }
}

/** How one request is answered: by the door that it came through, or by the application's handler. */
export interface Respond {
  /** Turns a refusal, a handshake or a duplicate into what goes back. */
  answer(answer: Answer): Response;
  /** What it throws or rejects with releases the claim, and is thrown on. */
  handle(delivery: Delivery<any>): MaybePromise<Response>;
  /** Whether the framework made a response of what the handler threw: that releases too. */
  failed?(): boolean;
  /** Whether the end of the response settles the delivery by itself, because somebody watches it. */
  readonly endsItself?: boolean;
  /** The request's own: aborted when its client has gone. Asking for it makes one, so only who holds a claim asks: benchmark row "hono: verified route". */
  signal?(): AbortSignal | null | undefined;
}

/** Whether somebody has to settle it when the handler has ended. */
export function isHeld({ manual }: Settings, result: Delivery<any> | Answer): boolean {
  return result instanceof Delivery && result.claimed && !manual;
}

/** The rest of a Fetch request's road, settling included. */
export async function respond(
  settings: Settings,
  result: Delivery<any> | Answer,
  { answer, handle, failed, endsItself, signal }: Respond,
): Promise<Response> {
  if (!(result instanceof Delivery)) {
    const error = mistake(result);
    if (error !== undefined) throw error;
    return answer(result);
  }
  const delivery: Delivery<any> = result;
  if (isInspected()) {
    const own = handle;
    handle = (one) =>
      inspected(
        one,
        () => own(one),
        ({ status }) => status,
      );
  }
  if (!isHeld(settings, delivery)) return handle(delivery);
  if (endsItself !== true) {
    delivery.hold();
    signal?.()?.addEventListener("abort", () => delivery.holdFor(ABANDONED), { once: true });
  }
  let response: Response;
  try {
    response = await handle(delivery);
  } catch (error) {
    await delivery.settle(false);
    throw error;
  }
  if (failed?.() !== true) return endsItself === true ? response : settleResponse(delivery, response);
  await delivery.settle(false);
  return response;
}

/** The whole road of a Fetch request. */
export async function handleRequest<R extends WebRequest, Context>(
  receiver: Receiver<Context>,
  request: R,
  handler: (delivery: Delivery<any>, request: R) => MaybePromise<WebResponse | undefined | void>,
  context: Context | undefined,
): Promise<Response> {
  return respond(receiver.settings, await readRequest(receiver, request, context), {
    answer: (answer) => answerResponse(answer, request),
    handle: async (delivery) =>
      ((await handler(delivery, request)) as Response | undefined) ?? new Response(null, { status: 204 }),
    signal: () => request.signal,
  });
}

/** @param request the one that is answered, if a body of it that was not read is the runtime's business */
export function answerResponse(answer: Answer, request?: WebRequest): Response {
  const headers = new Headers(answer.headers);
  if (request !== undefined && answer instanceof Refusal && leavesBody(request, answer)) {
    headers.set("connection", "close");
  }
  return new Response(answer.body ?? null, { status: answer.status, headers });
}

/**
 * Whether more of the body may come than is worth draining, in HTTP/1, where only the end of the connection stops it.
 * Runtimes that speak something else, or see to it themselves, ignore the header.
 */
function leavesBody({ bodyUsed, headers }: WebRequest, { code }: Refusal): boolean {
  if (bodyUsed && code !== "body_too_large" && code !== "body_timeout") return false;
  const length = headers.get("content-length");
  return length === null ? headers.get("transfer-encoding") !== null : !(Number(length) <= DRAIN);
}

/**
 * Settles a delivery with its handler's response: before the last byte is sent, so that who has seen a success can
 * rely on it. A body that fails while it streams is a handler that failed.
 */
async function settleResponse(delivery: Delivery<any>, response: Response): Promise<Response> {
  const success = isSuccess(response.status);
  if (!success || response.body === null) {
    await delivery.settle(success);
    return response;
  }
  const reader = (response.body as unknown as Stream).getReader();
  let gone = false;
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) await delivery.settle(true);
        if (gone) return;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        await delivery.settle(false);
        if (!gone) controller.error(error);
      }
    },
    // The head of a success was out: a client that goes away changes nothing about what the handler did.
    async cancel(reason) {
      gone = true;
      await delivery.settle(true);
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}
