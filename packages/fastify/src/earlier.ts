import type { Receiver } from "@countersign/core/adapter";
import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler, RouteHandlerMethod } from "fastify";
import { hideBody } from "./body.ts";
import { checkNearMisses } from "./near-miss.ts";
import {
  createRouteReceiver,
  ProtectedWebhook,
  refuseMistake,
  settling,
  showVerified,
  verification,
} from "./protect.ts";
import type { WebhookConfig } from "./types.ts";

/** How requests of one route are judged that was declared before the plugin was loaded, or why they cannot be. */
type Judgement = preParsingHookHandler | Error;

/**
 * Protects the routes that were declared before the plugin was loaded. Fastify does not list them, so each is found by
 * its first request: a hook of the whole application verifies what the route's own hooks do elsewhere.
 */
export function protectEarlierRoutes(root: FastifyInstance): void {
  const judgements = new WeakMap<object, Judgement>();
  const others = new WeakSet<object>();

  root.addHook("preParsing", function verifyEarlierRoute(request, reply, payload, done) {
    const config = request.routeOptions.config as { webhook?: WebhookConfig | ProtectedWebhook } | undefined;
    if (config === undefined || others.has(config)) return done(null, payload);
    let judgement = judgements.get(config);
    if (judgement === undefined) {
      judgement = judge(request, config);
      if (judgement === undefined) others.add(config);
      else judgements.set(config, judgement);
    }
    if (judgement === undefined) return done(null, payload);
    if (judgement instanceof Error) return refuseMistake(request, reply as FastifyReply, judgement);
    judgement.call(this, request, reply, payload, (error?: Error | null, body?: unknown) => {
      hideBody(request);
      done(error ?? null, body as never);
    });
  });
  root.addHook("preValidation", showVerified);
}

/** What the plugin makes of a route when its first request comes: nothing, where the route is not its business. */
function judge(request: FastifyRequest, config: { webhook?: WebhookConfig | ProtectedWebhook }): Judgement | undefined {
  const { webhook } = config;
  try {
    checkNearMisses({ config });
    if (webhook === undefined || webhook instanceof ProtectedWebhook) return undefined;
    const { method, url, bodyLimit } = request.routeOptions;
    const receiver = createRouteReceiver(webhook, bodyLimit);
    config.webhook = new ProtectedWebhook(webhook.provider);
    settleEarlierRoute(request, receiver);
    request.log.warn(
      { method, url },
      "webhook route was declared before @countersign/fastify was loaded: it is protected, but its options are checked by its first request only. Await app.register(webhooks) before the route, or declare it with webhookRoute().",
    );
    return verification(receiver, true);
  } catch (error) {
    return error as Error;
  }
}

/** Where Fastify keeps a route's handler. A version that keeps it elsewhere settles with the response alone. */
const CONTEXT = "fastify.context";

function settleEarlierRoute(request: FastifyRequest, receiver: Receiver<FastifyRequest>): void {
  const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === CONTEXT);
  const context = symbol && (request as unknown as Record<symbol, { handler?: RouteHandlerMethod }>)[symbol];
  if (context?.handler !== undefined) context.handler = settling(context.handler, receiver);
}
