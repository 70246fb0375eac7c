import type { FormPayload } from "./body/form.ts";
import { describeGiven, givenBytes } from "./body/received.ts";
import { ConfigurationError, WebhookError } from "./errors/errors.ts";
import { describe } from "./errors/reasons.ts";
import type { RequestHead } from "./head/head.ts";
import { handleRequest, readRequest, type WebRequest, type WebResponse } from "./http/fetch.ts";
import { type NodeRequest, readIncoming } from "./http/node-request.ts";
import type { Receiver } from "./http/receiver.ts";
import { isPromise, type Maybe } from "./lib/promises.ts";
import { Verifying } from "./receive/accept.ts";
import { Answer, Refusal } from "./receive/answer.ts";
import { createBegin } from "./receive/begin.ts";
import type { Delivery } from "./receive/delivery.ts";
import type { Incoming } from "./receive/incoming.ts";
import { resolveOptions, type VerifierOptions } from "./receive/options.ts";
import type { OutputOf, StandardSchema } from "./receive/schema.ts";
import type { PayloadKind, PayloadOf, Provider } from "./scheme/provider.ts";

/** A request whose body is already in hand. */
export interface WebhookRequest extends RequestHead {
  /** Exactly the bytes that came; text is taken as its UTF-8 bytes. */
  readonly body: Uint8Array | ArrayBuffer | ArrayBufferView | string;
}

/** The payload that the options give a handler: the schema's output, else raw bytes or a form where asked for, else the provider's. */
export type Payload<P, Schema, Kind> = Schema extends StandardSchema
  ? OutputOf<Schema>
  : Kind extends "raw"
    ? Uint8Array
    : Kind extends "form"
      ? FormPayload
      : PayloadOf<P>;

/** Lets genuine webhooks through and nothing else. Made once, used for every request. */
export interface Verifier<P = unknown, Context = unknown> extends Receiver<Context> {
  readonly provider: Provider;
  /**
   * The whole road, for a body already in hand.
   *
   * @throws WebhookError with a code that says why
   */
  verify(request: WebhookRequest, context?: Context): Promise<Delivery<P>>;
  /** A Fetch request to a response: verifies, calls the handler with what is genuine, settles, and answers. */
  handle<R extends WebRequest>(
    request: R,
    handler: (delivery: Delivery<P>, request: R) => Maybe<WebResponse | undefined | void>,
    context?: Context,
  ): Promise<Response>;
  /** Reads and verifies a Fetch `Request`. @throws WebhookError */
  verifyRequest(request: WebRequest, context?: Context): Promise<Delivery<P>>;
  /** Reads and verifies a request of `node:http`. @throws WebhookError */
  verifyIncoming(request: NodeRequest, context?: Context): Promise<Delivery<P>>;
}

/**
 * Builds a verifier for one provider. Everything that can be wrong with the set-up throws here.
 *
 * @throws ConfigurationError
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { stalwart } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(stalwart, { secret: "my-secret-key" });
 * const body = '{"events":[{"id":"1687359300037","createdAt":"2023-06-21T14:55:00Z","type":"auth.success","data":{"accountName":"jdoe@example.org","accountId":5,"spanId":302231454903657293}}]}';
 * const delivery = await verifier.verify({
 *   method: "POST",
 *   url: "/hooks/stalwart",
 *   headers: { "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=" },
 *   body,
 * });
 * console.log(delivery.payload.events[0]?.type); // auth.success
 * ```
 */
export function createVerifier<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
>(provider: P, options: VerifierOptions<Schema, Kind, Context>): Verifier<Payload<P, Schema, Kind>, Context> {
  const settings = resolveOptions(provider, options);
  const to = new Verifying(settings);
  const begin = createBegin(to) as Verifier<any, Context>["begin"];

  function settle(outcome: Maybe<Delivery | Answer>): Promise<Delivery<never>> {
    if (isPromise(outcome))
      return outcome.then((value) =>
        value instanceof Answer ? rejectLater(value, provider.name) : (value as Delivery<never>),
      );
    return outcome instanceof Answer
      ? rejectLater(outcome, provider.name)
      : Promise.resolve(outcome as Delivery<never>);
  }

  const verifier: Verifier<any, Context> = {
    provider,
    settings,
    begin,
    verify(request, context) {
      try {
        checkRequest(request);
        const begun = begin(request, context);
        if (begun instanceof Promise) return settle(begun.then((incoming) => finishGiven(incoming, request)));
        return settle(finishGiven(begun, request));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    handle: (request, handler, context) => handleRequest(verifier, request, handler as never, context),
    verifyRequest: async (request, context) => settle(await readRequest(verifier, request, context)),
    verifyIncoming: async (request, context) => settle(await readIncoming(verifier, request, context)),
  };
  return verifier;
}

/** The rest of the road, for a body already in hand. */
function finishGiven(incoming: Incoming | Answer, request: WebhookRequest): Maybe<Delivery | Answer> {
  if (incoming instanceof Answer) return incoming;
  const body = givenBytes(request.body);
  return body === undefined ? incoming.refuse("body_consumed", describeGiven(request.body)) : incoming.finishWith(body);
}

/** Rejects a turn later, when the caller already listens: a promise that rejects before anybody listens costs Node a microsecond more. */
function rejectLater(answer: Answer, provider: string): Promise<never> {
  const error =
    answer instanceof Refusal
      ? answer.error
      : new WebhookError("handshake", describe("handshake", "", provider), { status: answer.status, provider, answer });
  return new Promise((_, reject) => {
    READY.then(() => reject(error));
  });
}
const READY = Promise.resolve();

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
