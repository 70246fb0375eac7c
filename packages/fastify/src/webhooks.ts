import type { FastifyInstance, RouteOptions } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { protectEarlierRoutes } from "./earlier.ts";
import { checkNearMisses } from "./near-miss.ts";
import { ProtectedWebhook, protect } from "./protect.ts";
import { decorateRequest } from "./request.ts";
import type { WebhookConfig } from "./types.ts";

/**
 * A plugin that lets only genuine, fresh, whole webhooks through to the routes that say so in their config, and the
 * second form beside `webhookRoute()`. The delivery is `request.webhook`, its payload also `request.body`. Everything
 * else on such a route, of any method and content type, is answered with a bare status before a parser sees it;
 * `onReject` is told why.
 *
 * Routes without `config.webhook` are untouched; `request.webhook` throws there. Await it before the routes, so that
 * their options are checked at the start. A `secret` function is given the Fastify request as its second argument.
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
    const instances = [...withParents(app)];
    const root = instances.at(-1) as FastifyInstance;
    if (root.hasRequestDecorator("webhook")) return;
    decorateRequest(root);
    // Plugins inherit the hooks that their parents have when they are made.
    for (const instance of instances) instance.addHook("onRoute", protectRoute);
    protectEarlierRoutes(root);
  },
  { name: "@countersign/fastify", fastify: "5.x" },
);

function protectRoute(route: RouteOptions): void {
  checkNearMisses(route);
  const webhook = (route.config as { webhook?: WebhookConfig | ProtectedWebhook } | undefined)?.webhook;
  if (webhook === undefined || webhook instanceof ProtectedWebhook) return;
  protect(route, webhook);
}

/** An instance and those that it was made in, the application itself last. */
function* withParents(app: FastifyInstance): Generator<FastifyInstance> {
  for (let at = app; typeof at?.addHook === "function"; at = Object.getPrototypeOf(at)) yield at;
}
