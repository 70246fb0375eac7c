import type { Answer } from "../errors/errors.ts";
import { isPromise } from "../lib/promises.ts";
import { Delivery } from "../receive/delivery.ts";
import { inspectEnd, isInspected } from "../receive/inspect.ts";
import { mistake } from "./answer.ts";
import { type NodeRequest, type NodeResponse, readIncoming, type Source } from "./node-request.ts";
import { answerIncoming, settleOnEnd } from "./node-response.ts";
import type { Receiver } from "./receiver.ts";
import { withhold } from "./withhold.ts";

/** One request of `node:http`, and what its adapter does with it. */
export interface IncomingVisit<Context> {
  /** Node's `IncomingMessage`, or the framework's own in its shape. */
  readonly request: NodeRequest;
  /** Node's `ServerResponse`, on which refusals are written. */
  readonly response: NodeResponse;
  /** Handed on to the secret lookup, `namespace` and `onReject`. */
  readonly context: Context;
  /** Where the body's bytes come from, if not from the request. */
  readonly source?: Source | undefined;
  /** Called with a delivery that the handler must see; settling is arranged. */
  accepted(delivery: Delivery<any>): void;
  /** Called when the request was answered here, and the handler must not see it. */
  answered?(): void;
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
  if (result instanceof Delivery) {
    if (!settings.manual) settleOnEnd(visit.request, visit.response, result);
    if (isInspected()) watchEnd(visit.response, result);
    withhold(result, visit.request.headers);
    visit.accepted(result);
    return;
  }
  const error = mistake(result);
  if (error !== undefined) {
    visit.mistaken(error);
    return;
  }
  answerIncoming(settings, visit.request, visit.response, result);
  visit.answered?.();
}

/** For who looks on: how the handler ended. */
function watchEnd(response: NodeResponse, delivery: Delivery<any>): void {
  response.on?.("close", () => inspectEnd(delivery, response.statusCode));
}
