import { describeNotReceived, receivedBytes } from "../body/received.ts";
import { type Answer, ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import { Delivery } from "../receive/delivery.ts";
import { Incoming } from "../receive/incoming.ts";
import { inspected, isInspected } from "../receive/inspect.ts";
import { isSuccess, mistake } from "./answer.ts";
import type { Receiver } from "./receiver.ts";

/** A request whose body is already in hand. */
export interface WebhookRequest extends RequestHead {
  /** Exactly the bytes that came; text is taken as its UTF-8 bytes. */
  readonly body: Uint8Array | ArrayBuffer | ArrayBufferView | string;
}

/** The whole road, for a body already in hand. @throws ConfigurationError for what is no request */
export function readPlain<Context>(
  receiver: Receiver<Context>,
  request: WebhookRequest,
  context: Context | undefined,
): MaybePromise<Delivery<any> | Answer> {
  checkRequest(request);
  return andThen(receiver.begin(request, context), (incoming) => {
    if (!(incoming instanceof Incoming)) return incoming;
    if (typeof request.body === "string") return incoming.finishWithText(request.body);
    const body = receivedBytes(request.body);
    return body === undefined
      ? incoming.refuse("body_consumed", describeNotReceived(request.body))
      : incoming.finishWith(body);
  });
}

/** What a handler gives back, and what is answered: for frameworks that have only bytes, such as AWS Lambda. */
export interface PlainResponse {
  /** HTTP status, default 200; 2xx commits the delivery, anything else releases it. */
  readonly status?: number;
  /** By name, in any case: `content-type` and the like. Default none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text, sent as UTF-8, or bytes; default empty. */
  readonly body?: string | Uint8Array | undefined;
}

/** A whole answer: `headers` is there, `body` is text or bytes. */
export interface PlainAnswer {
  /** HTTP status: the handler's own, or that of a refusal, a handshake or a duplicate. */
  readonly status: number;
  /** By name; empty where nothing is to be said. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text or bytes; empty text where there is none. */
  readonly body: string | Uint8Array;
}

/** The whole road of a request in hand, handler, handshakes, duplicates and settling included. */
export async function respondPlain<Context>(
  receiver: Receiver<Context>,
  request: WebhookRequest,
  handler: (delivery: Delivery<any>) => MaybePromise<PlainResponse | undefined | void>,
  context: Context | undefined,
): Promise<PlainAnswer> {
  const result = await readPlain(receiver, request, context);
  if (!(result instanceof Delivery)) {
    const error = mistake(result);
    if (error !== undefined) throw error;
    return plainAnswer(result);
  }
  const held = result.claimed && !receiver.settings.manual;
  if (held) result.hold();
  let response: PlainResponse;
  try {
    response = isInspected()
      ? await inspected(
          result,
          async () => (await handler(result)) ?? { status: 204 },
          ({ status = 200 }) => status,
        )
      : ((await handler(result)) ?? { status: 204 });
  } catch (error) {
    if (held) await result.settle(false);
    throw error;
  }
  const answer = plainAnswer(response);
  if (held) await result.settle(isSuccess(answer.status));
  return answer;
}

export function plainAnswer({ status = 200, headers = {}, body = "" }: PlainResponse): PlainAnswer {
  return { status, headers, body };
}

/** For callers without types: what is not a request must not read as a forged one. */
function checkRequest(request: WebhookRequest): void {
  const wrong = (option: string, message: string) => new ConfigurationError(option, message);
  if (typeof request !== "object" || request === null)
    throw wrong("request", "verify() takes one object: { method, url, headers, body }.");
  const { headers, method, url } = request;
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw wrong(
      "headers",
      "verify() needs headers: a Headers object, or a record of names and values such as Node's request.headers.",
    );
  }
  if (method !== undefined && typeof method !== "string")
    throw wrong("method", 'method must be text, such as "POST", or absent.');
  if (url !== undefined && typeof url !== "string")
    throw wrong("url", "url must be text, as the request has it, or absent.");
}
