import { Readable } from "node:stream";
import type { Provider, VerifierOptions } from "@countersign/core";
import { admitIncoming, createReceiver, isPromise, type Receiver } from "@countersign/core/adapter";
import type {
  FastifyReply,
  FastifyRequest,
  preParsingHookHandler,
  preValidationHookHandler,
  RouteHandlerMethod,
  RouteOptions,
} from "fastify";
import { hideBody, showBody } from "./body.ts";
import type { WebhookConfig } from "./types.ts";

/** What stands in a protected route's config in the place of what was given: nothing that a log may not print. */
export class ProtectedWebhook {
  /** Whose webhooks the route takes. */
  readonly provider: Provider<any>;

  constructor(provider: Provider<any>) {
    this.provider = provider;
  }
}

/** Checks a route's options for its webhooks. @throws ConfigurationError */
export function createRouteReceiver(webhook: WebhookConfig, bodyLimit: number | undefined): Receiver<FastifyRequest> {
  const { provider, ...options } = webhook ?? {};
  const limited = options.limit === undefined && bodyLimit !== undefined ? { ...options, limit: bodyLimit } : options;
  return createReceiver(provider, limited as VerifierOptions<any, any, FastifyRequest>, (request) => request.log);
}

/** Gives a route its own verification, in the place of a parser, and its own settling. @throws ConfigurationError */
export function protect(route: RouteOptions, webhook: WebhookConfig): void {
  const receiver = createRouteReceiver(webhook, route.bodyLimit);
  const hooks = list(route.preParsing);
  route.config = { ...route.config, webhook: new ProtectedWebhook(webhook.provider) as never };
  route.preParsing = [verification(receiver, hooks.length > 0), ...hooks, skipParser];
  route.preValidation = [showVerified, ...list(route.preValidation)];
  route.handler = settling(route.handler, receiver);
}

/** The hook that lets only genuine requests pass. @param reread whether hooks behind it may read the body again */
export function verification(receiver: Receiver<FastifyRequest>, reread: boolean): preParsingHookHandler {
  return function verifyWebhook(request, reply, payload, done) {
    admitIncoming(receiver, {
      request: request.raw,
      response: reply.raw,
      context: request,
      source: payload === request.raw ? undefined : payload,
      accepted(delivery) {
        request.webhook = delivery;
        request.body = delivery.payload;
        done(null, reread ? Readable.from([delivery.body], { objectMode: false }) : payload);
      },
      mistaken: (error) => refuseMistake(request, reply, error),
    });
  };
}

/** Answers a request that the application's own set-up does not let us judge, and says so in the log. */
export function refuseMistake(request: FastifyRequest, reply: FastifyReply, error: Error): void {
  request.log.error({ err: error }, "webhook route is set up wrongly");
  reply.code(500).send();
}

const skipParser: preParsingHookHandler = (request, _reply, payload, done) => {
  hideBody(request);
  done(null, payload);
};

export const showVerified: preValidationHookHandler = (request, _reply, done) => {
  showBody(request);
  done();
};

/** Fastify sends nothing, and so ends nothing, when a handler returns nothing after the client has hung up. */
export function settling(handler: RouteHandlerMethod, { settings }: Receiver<FastifyRequest>): RouteHandlerMethod {
  if (settings.manual) return handler;
  return function settled(request, reply) {
    const result: unknown = handler.call(this, request, reply);
    if (!isPromise(result) || !request.webhook.claimed) return result;
    return result.then((value) => {
      if (value === undefined && reply.raw.destroyed && !reply.sent)
        return Promise.resolve(request.webhook.settle(reply.statusCode >= 200 && reply.statusCode < 300)).then(
          () => {},
        );
      return value;
    });
  };
}

function list<T>(hooks: T | T[] | undefined): T[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? hooks : [hooks];
}
