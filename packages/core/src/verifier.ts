import type { FormPayload } from "./body/form.ts";
import { type Answer, WebhookError } from "./errors/errors.ts";
import { describe } from "./errors/reasons.ts";
import type { RequestHead } from "./head/head.ts";
import { handleRequest, readRequest, type WebRequest, type WebResponse } from "./http/fetch.ts";
import { type NodeRequest, readIncoming } from "./http/node-request.ts";
import { readPlain, type WebhookRequest } from "./http/plain.ts";
import { createReceiver } from "./http/receiver.ts";
import { isPromise, type MaybePromise } from "./lib/promises.ts";
import { Delivery } from "./receive/delivery.ts";
import type { Incoming } from "./receive/incoming.ts";
import type { VerifierOptions } from "./receive/options.ts";
import { Refusal } from "./receive/refusal.ts";
import type { OutputOf, StandardSchema } from "./receive/schema.ts";
import type { PayloadKind, PayloadOf, Provider } from "./scheme/provider.ts";

/** The payload that the options give a handler: the schema's output, else raw bytes or a form where asked for, else the provider's. */
export type Payload<P, Schema, Kind> = Schema extends StandardSchema
  ? OutputOf<Schema>
  : Kind extends "raw"
    ? Uint8Array
    : Kind extends "form"
      ? FormPayload
      : PayloadOf<P>;

/** Lets genuine webhooks through and nothing else. Made once, used for every request. */
export interface Verifier<P = unknown, Context = unknown> {
  readonly provider: Provider;
  /**
   * Judges the head alone: a promise only where the secret has to be looked up. An `Answer` is what to reply without
   * reading the body; else feed the body to the `Incoming` and `finish()` it.
   */
  begin(head: RequestHead, context?: Context): MaybePromise<Incoming | Answer>;
  /**
   * The whole road, for a body already in hand.
   *
   * @throws WebhookError with a code that says why
   */
  verify(request: WebhookRequest, context?: Context): Promise<Delivery<P>>;
  /** A Fetch request to a response: verifies, calls the handler with what is genuine, settles, and answers. */
  handle<R extends WebRequest>(
    request: R,
    handler: (delivery: Delivery<P>, request: R) => MaybePromise<WebResponse | undefined | void>,
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
  const receiver = createReceiver(provider, options);
  const { name } = provider;
  return {
    provider,
    begin: receiver.begin,
    verify(request, context) {
      try {
        return delivered(readPlain(receiver, request, context), name);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    handle: (request, handler, context) => handleRequest(receiver, request, handler, context),
    verifyRequest: async (request, context) => delivered(await readRequest(receiver, request, context), name),
    verifyIncoming: async (request, context) => delivered(await readIncoming(receiver, request, context), name),
  };
}

/** A promise of the delivery; any answer in its place is thrown. */
function delivered(result: MaybePromise<Delivery<any> | Answer>, provider: string): Promise<Delivery<any>> {
  if (isPromise(result)) return result.then((value) => delivered(value, provider));
  return result instanceof Delivery ? Promise.resolve(result) : rejectLater(errorOf(result, provider));
}

function errorOf(answer: Answer, provider: string): WebhookError {
  if (answer instanceof Refusal) return answer.error;
  const { status } = answer;
  return new WebhookError("handshake", describe("handshake", "", provider), { status, provider, answer });
}

/** Rejects a turn later, when the caller already listens: a promise that rejects before anybody listens costs Node a microsecond more. */
function rejectLater(error: WebhookError): Promise<never> {
  return new Promise((_, reject) => {
    READY.then(() => reject(error));
  });
}
const READY = Promise.resolve();
