import type { FetchHeaders } from "../head/headers.ts";
import type { Maybe } from "../lib/promises.ts";
import { Answer, Refusal } from "../receive/answer.ts";
import type { Delivery } from "../receive/delivery.ts";
import type { Incoming } from "../receive/incoming.ts";
import { within } from "../time/clock.ts";
import type { Receiver } from "./receiver.ts";

/** The part of a Fetch `Request` that is used. */
export interface WebRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: FetchHeaders;
  readonly body: unknown;
  readonly bodyUsed: boolean;
}

/** The part of a Fetch `Response` that is used. */
export interface WebResponse {
  readonly status: number;
  readonly body: unknown;
}

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}
interface Stream {
  getReader(): Reader;
  cancel(reason?: unknown): Promise<void>;
}

/**
 * Reads and verifies a Fetch request; answers without reading where the head is enough.
 *
 * @param kept the body's bytes, where the framework has read and kept them
 */
export async function readRequest(
  verifier: Receiver<any>,
  request: WebRequest,
  context: unknown,
  kept?: Uint8Array,
): Promise<Delivery<any> | Answer> {
  const { method, url, headers } = request;
  const incoming = await verifier.begin({ method, url, headers }, context);
  // A body that nobody has asked for is the runtime's: cancelling it can end the connection before the answer is out.
  if (incoming instanceof Answer) return incoming;
  if (kept !== undefined) return incoming.finishKept(kept);
  if (request.bodyUsed) {
    return incoming.refuse(
      "body_consumed",
      "Another part of the application has read this request's body already. Verify before anything calls request.json(), text() or arrayBuffer(), or give verify() the bytes.",
    );
  }
  const stream = request.body as Stream | null | undefined;
  if (!stream) return incoming.finish();
  const { clock, timeout } = verifier.settings;
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
  cancel(reader);
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

function cancel(stream: { cancel(): Promise<void> }): void {
  Promise.resolve(stream.cancel()).catch(() => {});
}

/** The whole road of a Fetch request, settling included. */
export async function handleRequest<R extends WebRequest>(
  verifier: Receiver<any>,
  request: R,
  handler: (delivery: Delivery<never>, request: R) => Maybe<WebResponse | undefined>,
  context: unknown,
): Promise<Response> {
  const delivery = await readRequest(verifier, request, context);
  const answer = answerInstead(verifier, delivery);
  if (answer !== undefined) {
    const error = mistake(answer);
    if (error !== undefined) throw error;
    return answerResponse(answer, request);
  }
  const proven = delivery as Delivery<never>;
  if (!verifier.settings.manual) proven.hold();
  let response: Response;
  try {
    response = ((await handler(proven, request)) as Response | undefined) ?? new Response(null, { status: 204 });
  } catch (error) {
    if (!verifier.settings.manual) await proven.settle(false);
    throw error;
  }
  return settleResponse(verifier, proven, response);
}

const MISTAKES: ReadonlySet<string> = new Set(["body_consumed", "misconfigured"]);

/** The error to give to the application when a refusal is its own mistake. */
export function mistake(answer: Answer): Error | undefined {
  return answer instanceof Refusal && MISTAKES.has(answer.code) ? answer.error : undefined;
}

const HANDLED = new Answer(200);

/** What to answer without asking the handler, if anything: a refusal, a handshake, or the success of a duplicate. */
export function answerInstead(verifier: Receiver<any>, outcome: Delivery<any> | Answer): Answer | undefined {
  if (outcome instanceof Answer) return outcome;
  return outcome.duplicate && verifier.settings.onDuplicate === "success" ? HANDLED : undefined;
}

/** A refused body of at most this size is drained to keep the connection; a larger one ends it. */
export const DRAIN = 65_536;

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
export async function settleResponse(
  verifier: Receiver<any>,
  delivery: Delivery<any>,
  response: Response,
): Promise<Response> {
  if (!delivery.claimed || verifier.settings.manual) return response;
  const success = response.status >= 200 && response.status < 300;
  if (!success || response.body === null) {
    await delivery.settle(success);
    return response;
  }
  const reader = (response.body as unknown as Stream).getReader();
  const { clock, timeout } = verifier.settings;
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
    // A client that hangs up does not end the handler: what it still says is read, for as long as a body may take.
    async cancel(reason) {
      gone = true;
      const success = await within(clock, timeout, readToEnd(reader), () => false);
      await delivery.settle(success);
      if (!success) await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}

async function readToEnd(reader: Reader): Promise<boolean> {
  try {
    while (!(await reader.read()).done);
    return true;
  } catch {
    return false;
  }
}
