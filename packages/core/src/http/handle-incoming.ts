import type { Delivery } from "../receive/delivery.ts";
import { admitIncoming } from "./admit-incoming.ts";
import type { NodeRequest, NodeResponse } from "./node-request.ts";
import { type PlainResponse, plainAnswer } from "./plain.ts";
import type { Receiver } from "./receiver.ts";

/** A handler behind `node:http`: it writes the response itself, or gives back what to answer (nothing is 204). */
export type IncomingHandler<P> = (
  delivery: Delivery<P>,
  request: NodeRequest,
  response: NodeResponse,
) => PlainResponse | undefined | void | Promise<PlainResponse | undefined | void>;

/**
 * The whole road of a request of `node:http`: also Koa's and Nest's. Resolves when the handler has ended; what it
 * throws releases the claim and is thrown on, for the framework to answer.
 */
export function handleIncoming<Context>(
  receiver: Receiver<Context>,
  request: NodeRequest,
  response: NodeResponse,
  handler: IncomingHandler<any>,
  context: Context,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const accepted = (delivery: Delivery<any>): void => {
      call(receiver, delivery, request, response, handler).then(resolve, reject);
    };
    admitIncoming(receiver, { request, response, context, accepted, answered: resolve, mistaken: reject });
  });
}

async function call(
  { settings }: Receiver<any>,
  delivery: Delivery<any>,
  request: NodeRequest,
  response: NodeResponse,
  handler: IncomingHandler<any>,
): Promise<void> {
  let result: PlainResponse | undefined | void;
  try {
    result = await handler(delivery, request, response);
  } catch (error) {
    if (!settings.manual) await delivery.settle(false);
    throw error;
  }
  if (response.headersSent || response.writableEnded) return;
  const { status, headers, body } = plainAnswer(result ?? { status: 204 });
  response.writeHead(status, { ...headers });
  response.end(body);
}
