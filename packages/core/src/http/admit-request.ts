import type { Answer } from "../errors/errors.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Delivery } from "../receive/delivery.ts";
import { drainsOf } from "./drains.ts";
import { answerResponse, isHeld, type Respond, readRequest, respond, type WebRequest } from "./fetch.ts";
import { type NodeRequest, type NodeResponse, readIncoming } from "./node-request.ts";
import { closing, isWorthReading, settleOnEnd } from "./node-response.ts";
import type { Receiver } from "./receiver.ts";

/** One request of a framework on Fetch, and what its adapter does with a delivery. */
export interface RequestVisit<Context> extends Pick<Respond, "handle" | "failed"> {
  /** A Fetch `Request`, its body not yet read. */
  readonly request: WebRequest;
  /** Handed on to the secret lookup, `namespace` and `onReject`. */
  readonly context: Context;
  /** The body's bytes, where the framework has read and kept them. */
  readonly buffered?: Uint8Array | undefined;
  /** The request of `node:http` behind it, where there is one: it shows more headers, and is read without a copy. */
  readonly incoming?: NodeRequest | undefined;
  /** Its response: it settles the delivery when it ends, as behind every framework on `node:http`. */
  readonly outgoing?: NodeResponse | undefined;
}

/**
 * Lets a request through or answers it: the whole of what an adapter on Fetch does, settling included.
 *
 * @throws what the handler throws, and the error of a set-up that is wrong (a parser took the body)
 */
export async function admitRequest<Context>(
  receiver: Receiver<Context>,
  visit: RequestVisit<Context>,
): Promise<Response> {
  const { request, context, buffered, incoming, outgoing } = visit;
  const node = buffered === undefined ? incoming : undefined;
  const reading: MaybePromise<Delivery<any> | Answer> =
    node === undefined ? readRequest(receiver, request, context, buffered) : readIncoming(receiver, node, context);
  const result = await reading;
  const endsItself = incoming !== undefined && outgoing !== undefined && isHeld(receiver.settings, result);
  // A stream of our own around each answer's body would cost more than all the rest: benchmark row "hono: with a memory store".
  if (endsItself) settleOnEnd(incoming, outgoing, result as Delivery<any>);
  return respond(receiver.settings, result, {
    answer: (answer) =>
      incoming === undefined ? answerResponse(answer, request) : answerOnNode(receiver, answer, incoming),
    handle: visit.handle,
    ...(visit.failed === undefined ? {} : { failed: visit.failed }),
    endsItself,
    signal: () => request.signal,
  });
}

/** An unread body is Node's business there, and so is what becomes of its connection. */
function answerOnNode({ settings }: Receiver<any>, answer: Answer, incoming: NodeRequest): Response {
  const response = answerResponse(answer);
  if (isWorthReading(settings, incoming, answer)) drainsOf(settings).run(incoming);
  else if (closing(incoming) !== undefined) response.headers.set("connection", "close");
  return response;
}
