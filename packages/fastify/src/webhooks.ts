import type { IncomingHttpHeaders } from "node:http";
import { ConfigurationError, createVerifier, type Delivery, type Verifier } from "@countersign/core";
import { admitIncoming } from "@countersign/core/adapter";
import type { FastifyInstance, FastifyRequest, preParsingHookHandler, RouteOptions } from "fastify";
import fastifyPlugin from "fastify-plugin";
import type { WebhookConfig } from "./types.ts";

/** The content type under which Fastify hands a verified request to our parser instead of reading it again. */
const VERIFIED = "application/x-countersign-verified";

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
    const contentTypes = new WeakMap<FastifyRequest, string | undefined>();
    app.decorateRequest("webhook", null as unknown as Delivery<unknown>);

    app.addContentTypeParser(VERIFIED, function passVerified(request, _payload, done) {
      if (!contentTypes.has(request)) {
        done(Object.assign(new Error("Unsupported Media Type"), { statusCode: 415 }), undefined);
        return;
      }
      restore(request.raw.headers, contentTypes.get(request));
      done(null, request.webhook.payload);
    });

    app.addHook("onRoute", function protectRoute(route) {
      const config = (route.config as { webhook?: WebhookConfig } | undefined)?.webhook;
      if (config === undefined) return;
      const { provider, ...options } = config;
      const verifier = createVerifier(provider, options);
      protect(route, verifier, contentTypes);
    });
  },
  { name: "@countersign/fastify", fastify: "5.x" },
);

function protect(
  route: RouteOptions,
  verifier: Verifier<any, any>,
  contentTypes: WeakMap<FastifyRequest, string | undefined>,
): void {
  const verify: preParsingHookHandler = function verifyWebhook(request, reply, payload, done) {
    admitIncoming(
      verifier,
      request.raw,
      reply.raw,
      request,
      (delivery) => {
        request.webhook = delivery;
        const { headers } = request.raw;
        contentTypes.set(request, headers["content-type"]);
        headers["content-type"] = VERIFIED;
        done(null, payload);
      },
      (error) => {
        request.log.error({ err: error }, "webhook route is set up wrongly");
        reply.code(500).send();
      },
      payload === request.raw ? undefined : payload,
    );
  };
  const { preParsing } = route;
  route.preParsing =
    preParsing === undefined ? [verify] : Array.isArray(preParsing) ? [verify, ...preParsing] : [verify, preParsing];
}

function restore(headers: IncomingHttpHeaders, contentType: string | undefined): void {
  if (contentType === undefined) delete headers["content-type"];
  else headers["content-type"] = contentType;
}
