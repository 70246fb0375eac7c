import type { Answer } from "../errors/errors.ts";
import { isPromise } from "../lib/promises.ts";
import type { Delivery } from "../receive/delivery.ts";
import { answerInstead, mistake } from "./answer.ts";
import { type NodeRequest, type NodeResponse, readIncoming, type Source } from "./node-request.ts";
import { answerIncoming, settleOnEnd } from "./node-response.ts";
import type { Receiver } from "./receiver.ts";

/** One request of `node:http`, and what its adapter does with it. */
export interface IncomingVisit<Context> {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly context: Context;
  /** Where the body's bytes come from, if not from the request. */
  readonly source?: Source | undefined;
  /** Called with a delivery that the handler must see; settling is arranged. */
  accepted(delivery: Delivery<any>): void;
  /** Called when the application's own set-up is wrong (a parser took the body). */
  mistaken(error: Error): void;
}

/** Lets a request through or answers it: the whole of what an adapter on `node:http` does. */
export function admitIncoming<Context>(receiver: Receiver<Context>, visit: IncomingVisit<Context>): void {
  const { request, context, source } = visit;
  const result = readIncoming(receiver, request, context, source);
  if (isPromise(result)) result.then((value) => admit(receiver, visit, value)).catch((error) => visit.mistaken(error));
  else admit(receiver, visit, result);
}

function admit({ settings }: Receiver<any>, visit: IncomingVisit<any>, result: Delivery<any> | Answer): void {
  const answer = answerInstead(settings, result);
  if (answer === undefined) {
    const delivery = result as Delivery<any>;
    if (!settings.manual) settleOnEnd(visit.response, delivery);
    visit.accepted(delivery);
    return;
  }
  const error = mistake(answer);
  if (error === undefined) answerIncoming(visit.request, visit.response, answer);
  else visit.mistaken(error);
}
