import { handleIncoming, readIncoming } from "#node-door";
import type { FormPayload } from "./body/form.ts";
import { type Answer, ConfigurationError, WebhookError } from "./errors/errors.ts";
import { describe } from "./errors/reasons.ts";
import type { RequestHead } from "./head/head.ts";
import { handleRequest, readRequest, type WebRequest, type WebResponse } from "./http/fetch.ts";
import type { IncomingHandler } from "./http/handle-incoming.ts";
import type { NodeRequest, NodeResponse } from "./http/node-request.ts";
import { type PlainAnswer, type PlainResponse, readPlain, respondPlain, type WebhookRequest } from "./http/plain.ts";
import { createReceiver } from "./http/receiver.ts";
import { isPromise, type MaybePromise } from "./lib/promises.ts";
import { Delivery } from "./receive/delivery.ts";
import type { Incoming } from "./receive/incoming.ts";
import { KEPT } from "./receive/keep.ts";
import type { VerifierOptions } from "./receive/options.ts";
import { Refusal } from "./receive/refusal.ts";
import type { OutputOf, StandardSchema } from "./receive/schema.ts";
import type { PayloadKind, PayloadOf, Provider } from "./scheme/provider.ts";

/** The payload that the options give a handler: the schema's output, else raw bytes or a form where asked for, else the provider's. */
export type Payload<P, Schema, Kind> = Schema extends undefined
  ? PayloadAs<P, Kind>
  : Schema extends StandardSchema
    ? OutputOf<Schema>
    : PayloadAs<P, Kind>;

// `undefined` is asked for first: without strictNullChecks it extends everything.
type PayloadAs<P, Kind> = Kind extends undefined
  ? PayloadOf<P>
  : Kind extends "raw"
    ? Uint8Array
    : Kind extends "form"
      ? FormPayload
      : PayloadOf<P>;

/** Lets genuine webhooks through and nothing else. Made once, used for every request. */
export interface Verifier<P = unknown, Context = unknown> {
  /** The row that it was made with: its name, its documentation's address, what its proof leaves open. */
  readonly provider: Provider;
  /**
   * Judges the head alone: a promise only where the secret has to be looked up. An `Answer` is what to reply without
   * reading the body; else feed the body to the `Incoming` and `finish()` it.
   */
  begin(head: RequestHead, context?: Context): MaybePromise<Incoming | Answer>;
  /**
   * Verifies a request whose body is in hand. A duplicate is thrown too, with the status that the provider must see
   * (200), so that code which does not ask handles nothing twice; `onDuplicate: "handle"` hands it over.
   *
   * @throws WebhookError with a code that says why, and the answer to give
   */
  verify(request: WebhookRequest, context?: Context): Promise<Delivery<P>>;
  /** A Fetch request to a response: verifies, calls the handler with what is genuine, settles, and answers. */
  handle<R extends WebRequest>(
    request: R,
    handler: (delivery: Delivery<P>, request: R) => MaybePromise<WebResponse | undefined | void>,
    context?: Context,
  ): Promise<Response>;
  /**
   * A request whose body is in hand, to an answer: for every framework and platform that has only bytes. Handshakes,
   * duplicates and settling are included; what the handler throws releases the claim and is thrown on.
   *
   * @example
   * ```ts
   * import { createVerifier } from "@countersign/core";
   * import { tailscale } from "@countersign/core/providers";
   *
   * const verifier = createVerifier(tailscale, { secret: "tskey-webhook-xxxxx" });
   * // AWS Lambda behind a function URL.
   * export async function lambda(event: { rawPath: string; headers: Record<string, string>; body?: string; isBase64Encoded: boolean }) {
   *   const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
   *   const { status, headers } = await verifier.respond({ url: event.rawPath, headers: event.headers, body }, (delivery) => {
   *     console.log(delivery.payload.length);
   *   });
   *   return { statusCode: status, headers };
   * }
   * ```
   */
  respond(
    request: WebhookRequest,
    handler: (delivery: Delivery<P>) => MaybePromise<PlainResponse | undefined | void>,
    context?: Context,
  ): Promise<PlainAnswer>;
  /**
   * The whole road of a request of `node:http`, also behind Koa and Nest. The handler writes the response, or gives
   * back what to answer (nothing is 204). Resolves when it has ended; what it throws releases the claim and is thrown on.
   */
  handleIncoming(
    request: NodeRequest,
    response: NodeResponse,
    handler: IncomingHandler<P>,
    context?: Context,
  ): Promise<void>;
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
>(
  provider: P,
  options: VerifierOptions<Schema, Kind, Context, Payload<P, Schema, Kind>>,
): Verifier<Payload<P, Schema, Kind>, Context> {
  const receiver = createReceiver(provider, options);
  return {
    provider,
    begin: receiver.begin,
    verify(request, context) {
      try {
        return delivered(readPlain(receiver, request, context), provider);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    handle: (request, handler, context) => handleRequest(receiver, request, handler, context),
    respond: async (request, handler, context) => respondPlain(receiver, request, handler, context),
    handleIncoming: async (request, response, handler, context) =>
      handleIncoming(receiver, request, response, handler, context),
    verifyRequest: async (request, context) => delivered(await readRequest(receiver, request, context), provider),
    verifyIncoming: async (request, context) => delivered(await readIncoming(receiver, request, context), provider),
  };
}

/** A promise of the delivery; any answer in its place is thrown. */
function delivered(result: MaybePromise<Delivery<any> | Answer>, provider: Provider): Promise<Delivery<any>> {
  if (isPromise(result)) return result.then((value) => delivered(value, provider));
  return result instanceof Delivery ? Promise.resolve(result) : rejectLater(errorOf(result, provider));
}

function errorOf(answer: Answer, provider: Provider): Error {
  if (answer instanceof Refusal) return answer.error;
  if (answer === KEPT) {
    return new ConfigurationError(
      "inbox",
      "The delivery was kept in the inbox, and this method was to give it back. Use respond(), handle(), handleIncoming() or an adapter, and a worker.",
    );
  }
  return new WebhookError("handshake", describe("handshake", "", provider), { provider: provider.name, answer });
}

/** Rejects a turn later, when the caller already listens: a promise that rejects before anybody listens costs Node a microsecond more. */
function rejectLater(error: Error): Promise<never> {
  return new Promise((_, reject) => {
    READY.then(() => reject(error));
  });
}
const READY = Promise.resolve();
