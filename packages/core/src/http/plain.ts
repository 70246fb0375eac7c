import { describeNotReceived, receivedBytes } from "../body/received.ts";
import { type Answer, ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { Delivery } from "../receive/delivery.ts";
import { Incoming } from "../receive/incoming.ts";
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
    const body = receivedBytes(request.body);
    return body === undefined
      ? incoming.refuse("body_consumed", describeNotReceived(request.body))
      : incoming.finishWith(body);
  });
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
