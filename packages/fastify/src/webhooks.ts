import { Readable } from "node:stream";
import { ConfigurationError, type Delivery } from "@countersign/core";
import { admitIncoming, createReceiver, isPromise, type Receiver } from "@countersign/core/adapter";
import type { FastifyInstance, FastifyRequest, preParsingHookHandler, RouteOptions } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { setContentType } from "./content-type.ts";
import type { WebhookConfig } from "./types.ts";

/** The content type under which Fastify hands a verified request to our parser instead of reading it again. */
const VERIFIED = "application/x-countersign-verified";

/** What a verified request came with, before it was given that content type. */
const RECEIVED = Symbol("countersign.received");
type Received = FastifyRequest & { [RECEIVED]: { readonly contentType: string | undefined } | null };

/**
 * A plugin that lets only genuine, fresh, whole webhooks through to the routes that say so in their config. The
 * delivery is `request.webhook`, its payload also `request.body`. Everything else on such a route, of any method and
 * content type, is answered with a bare status before a parser sees it; `onReject` is told why.
 *
 * Routes without `config.webhook` are untouched. Register it before the routes. A `secret` function is given the
 * Fastify request as its second argument.
 *
 * @example
 * ```ts
 * import Fastify from "fastify";
 * import { tailscale } from "@countersign/core/providers";
 * import { webhooks } from "@countersign/fastify";
 *
 * const app = Fastify();
 * await app.register(webhooks);
 * app.post("/hooks/tailscale", { config: { webhook: { provider: tailscale, secret: "tskey-webhook-xxxxx" } } }, async (request, reply) => {
 *   for (const event of request.webhook.payload) console.log(event.type, event.message);
 *   return reply.code(204).send();
 * });
 * ```
 */
export const webhooks = fastifyPlugin(
  async function countersignWebhooks(app: FastifyInstance) {
    const instances = new Set<FastifyInstance>();
    app.decorateRequest("webhook", null as unknown as Delivery<unknown>);
    app.decorateRequest(RECEIVED, null);

    function passVerified(
      request: FastifyRequest,
      _payload: unknown,
      done: (error: Error | null, body?: unknown) => void,
    ): void {
      const received = (request as Received)[RECEIVED];
      if (received === null) {
        done(Object.assign(new Error("Unsupported Media Type"), { statusCode: 415 }));
        return;
      }
      setContentType(request, received.contentType);
      done(null, request.webhook.payload);
    }
    app.addContentTypeParser(VERIFIED, passVerified);

    app.addHook("onRoute", function protectRoute(route) {
      const config = (route.config as { webhook?: WebhookConfig } | undefined)?.webhook;
      if (config === undefined) return;
      const { provider, ...options } = config;
      const receiver = createReceiver(provider, options);
      // The plugin that the route stands in may have removed all parsers, to take everything itself.
      if (!this.hasContentTypeParser(VERIFIED)) this.addContentTypeParser(VERIFIED, passVerified);
      instances.add(this);
      protect(route, receiver);
      settleUnanswered(route, receiver);
    });

    app.addHook("onReady", async function checkParsers() {
      for (const instance of instances) {
        if (instance.hasContentTypeParser(VERIFIED)) continue;
        throw new ConfigurationError(
          "removeAllContentTypeParsers",
          "removeAllContentTypeParsers() was called behind a route with config.webhook, and took the parser that hands out its verified body: call it before the route is declared.",
        );
      }
    });
  },
  { name: "@countersign/fastify", fastify: "5.x" },
);

function protect(route: RouteOptions, receiver: Receiver<FastifyRequest>): void {
  const { preParsing } = route;
  const verify: preParsingHookHandler = function verifyWebhook(request, reply, payload, done) {
    admitIncoming(receiver, {
      request: request.raw,
      response: reply.raw,
      context: request,
      source: payload === request.raw ? undefined : payload,
      accepted(delivery) {
        request.webhook = delivery;
        (request as Received)[RECEIVED] = { contentType: request.headers["content-type"] };
        setContentType(request, VERIFIED);
        // The route's own hooks behind this one may read the body, which has been read.
        done(null, preParsing === undefined ? payload : Readable.from([delivery.body], { objectMode: false }));
      },
      mistaken(error) {
        request.log.error({ err: error }, "webhook route is set up wrongly");
        reply.code(500).send();
      },
    });
  };
  route.preParsing =
    preParsing === undefined ? [verify] : Array.isArray(preParsing) ? [verify, ...preParsing] : [verify, preParsing];
}

/** Fastify sends nothing, and so ends nothing, when a handler returns nothing after the client has hung up. */
function settleUnanswered(route: RouteOptions, { settings }: Receiver<FastifyRequest>): void {
  if (settings.manual) return;
  const { handler } = route;
  route.handler = function settled(request, reply) {
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
