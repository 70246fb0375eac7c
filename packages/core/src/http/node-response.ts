import type { Answer } from "../errors/errors.ts";
import { isPromise } from "../lib/promises.ts";
import type { Delivery } from "../receive/delivery.ts";
import type { Refusal } from "../receive/refusal.ts";
import type { Settings } from "../receive/settings.ts";
import { ABANDONED, DRAIN, isSuccess } from "./answer.ts";
import { drainsOf } from "./drains.ts";
import { closeAfter, type NodeRequest, type NodeResponse } from "./node-request.ts";

/**
 * Gives an answer on `node:http`, and sees to a body that nobody will read.
 *
 * @param whole reads what is left of the body, however long it is, so that the caller surely sees the answer
 */
export function answerIncoming(
  settings: Settings,
  request: NodeRequest,
  response: NodeResponse,
  answer: Answer,
  whole = false,
): void {
  if (response.headersSent || response.writableEnded || response.destroyed === true) return;
  const body = answer.body ?? "";
  const rest = whole || !isLeft(request) ? "small" : isWorthReading(settings, request, answer) ? "bounded" : "left";
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(rest === "left" ? closing(request) : undefined),
    "content-length": String(new TextEncoder().encode(body).length),
  });
  response.end(body);
  // While an HTTP/1 connection closes, Node would read on: two megabytes in each turn of the loop. In HTTP/2 it closes
  // the stream of its own accord, unless somebody has read from it; what is left then is drained, for want of a safe way.
  if (rest === "bounded") drainsOf(settings).run(request);
  else if (rest === "left" && (request.httpVersionMajor ?? 1) < 2) request.pause?.();
  else if (rest === "small" || request.readableDidRead === true) request.resume();
}

/** Whether the rest of a refused body is read away; of one that was too slow nothing more is waited for. */
export function isWorthReading(settings: Settings, request: NodeRequest, answer: Answer): boolean {
  return isLeft(request) && (answer as Partial<Refusal>).code !== "body_timeout" && drainsOf(settings).takes(request);
}

const CLOSE: Readonly<Record<string, string>> = Object.freeze({ connection: "close" });

/**
 * The headers that end a connection whose unread body is larger than what is worth draining. Node drains what is left
 * by itself and without a bound, unless the connection closes. Requests that were sent behind this one are not handled.
 */
export function closing(request: NodeRequest): Readonly<Record<string, string>> | undefined {
  if (!isLeft(request) || (request.httpVersionMajor ?? 1) >= 2) return undefined;
  closeAfter(request);
  return CLOSE;
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

/** What happens between a response and its end. */
interface Settling {
  readonly request: NodeRequest;
  readonly delivery: Delivery<any>;
  readonly end: (...args: any[]) => unknown;
  readonly destroy: ((...args: any[]) => unknown) | undefined;
  phase: "open" | "settling" | "settled";
}
type SettlingResponse = NodeResponse & { "~settling"?: Settling };

/**
 * Settles a delivery when its handler ends the response: before the last byte is sent, so that who has seen a success
 * can rely on it. For the rest there is one rule: after the head of a success a client that goes away commits; an error
 * of the server, before the head or behind it, releases. A client that goes before the head does not end the handler,
 * and so not the claim, for five minutes at most.
 */
export function settleOnEnd(request: NodeRequest, response: NodeResponse, delivery: Delivery<any>): void {
  if (!delivery.claimed) return;
  delivery.hold();
  const { end, destroy } = response;
  // The same functions and a plain name for every response: closures or a symbol would give each a shape of its own,
  // and all of node:http would run slower on it.
  (response as SettlingResponse)["~settling"] = { request, delivery, end, destroy, phase: "open" };
  response.end = settledEnd;
  // A handler that fails while it streams destroys the response and never ends it.
  if (destroy !== undefined) response.destroy = settledDestroy;
  response.on?.("close", settledClose);
}

function settledEnd(this: SettlingResponse, ...args: any[]): unknown {
  const settling = this["~settling"] as Settling;
  const { end, phase } = settling;
  if (phase === "settled") return end.apply(this, args);
  if (phase === "settling") return this;
  return settle(this, settling, isSuccess(this.statusCode), end, args, corked);
}

/** The status is fixed now, whatever runs before the store has answered; the last byte waits for it. */
function corked(response: NodeResponse): void {
  response.cork?.();
  if (!response.headersSent) response.flushHeaders();
}

function settledDestroy(this: SettlingResponse, ...args: any[]): unknown {
  const settling = this["~settling"] as Settling;
  const { destroy, phase } = settling;
  if (phase === "settled") return destroy?.apply(this, args);
  if (phase === "settling") return this;
  // Streams destroy the response too when its client has gone.
  if (!this.headersSent && hasGone(settling.request)) return destroy?.apply(this, args);
  return settle(this, settling, handledBeforeItWent(this, settling), destroy, args);
}

/** The connection is gone, and the handler has not ended the response. */
function settledClose(this: SettlingResponse): void {
  const settling = this["~settling"] as Settling;
  if (settling.phase !== "open") return;
  // Without a head nothing tells whether the handler has ended: it may still work.
  if (this.headersSent) settle(this, settling, handledBeforeItWent(this, settling));
  else settling.delivery.holdFor(ABANDONED);
}

/** The head of a success was out when the client went. */
function handledBeforeItWent(response: NodeResponse, { request }: Settling): boolean {
  return response.headersSent && isSuccess(response.statusCode) && hasGone(request);
}

/** Whether the client ended the connection. One that the server destroyed has neither ended nor failed. */
function hasGone({ socket, stream }: NodeRequest): boolean {
  if (stream !== undefined) return stream.aborted === true; // HTTP/2.
  if (socket === undefined || socket === null) return true;
  return socket.readableEnded === true || (socket.errored !== undefined && socket.errored !== null);
}

function settle(
  response: SettlingResponse,
  settling: Settling,
  success: boolean,
  after?: (...args: any[]) => unknown,
  args: readonly any[] = [],
  meanwhile?: (response: NodeResponse) => void,
): unknown {
  settling.phase = "settling";
  const settled = settling.delivery.settle(success);
  const finish = () => {
    settling.phase = "settled";
    return after?.apply(response, args as any[]);
  };
  if (!isPromise(settled)) return finish();
  meanwhile?.(response);
  settled.then(finish, finish);
  return response;
}
