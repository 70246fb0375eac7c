import {
  createVerifier,
  type Delivery,
  type NodeRequest,
  type Payload,
  type PayloadKind,
  type Provider,
  type StandardSchema,
  type VerifierOptions,
} from "@countersign/core";
import {
  answerInstead,
  answerResponse,
  closing,
  isPromise,
  mistake,
  readIncoming,
  readRequest,
  settleResponse,
} from "@countersign/core/adapter";
import type { Context, MiddlewareHandler } from "hono";
import { keptBody, VerifiedBytes } from "./buffered.ts";
import type { WebhookEnv } from "./types.ts";

/**
 * Middleware that lets only genuine, fresh, whole webhooks through to the next handler, which finds the delivery in
 * `c.var.webhook`. Everything else is answered with a bare status; `onReject` is told why.
 *
 * A `secret` function is given Hono's context as its second argument: on Workers the secret is in `c.env`. Behind the
 * middleware `c.req.json()`, `text()` and `arrayBuffer()` give the verified bytes; `c.req.raw` was read and is empty.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { tailscale } from "@countersign/core/providers";
 * import { webhook } from "@countersign/hono";
 *
 * const app = new Hono<{ Bindings: { TAILSCALE_WEBHOOK_SECRET: string } }>();
 * app.post("/hooks/tailscale", webhook(tailscale, { secret: (_, c) => c.env.TAILSCALE_WEBHOOK_SECRET }), (c) => {
 *   for (const event of c.var.webhook.payload) console.log(event.type, event.message);
 *   return c.body(null, 204);
 * });
 * ```
 */
export function webhook<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
>(
  provider: P,
  options: VerifierOptions<Schema, Kind, Context>,
): MiddlewareHandler<WebhookEnv<Payload<P, Schema, Kind>>> {
  const verifier = createVerifier(provider, options);
  return async function verifyWebhook(c, next) {
    const node = (c.env as NodeBindings | undefined)?.incoming === undefined ? undefined : (c.env as NodeBindings);
    const pending = keptBody(c);
    const kept = pending === undefined ? undefined : await pending;
    const reading =
      node !== undefined && kept === undefined
        ? readIncoming(verifier, node.incoming, c)
        : readRequest(verifier, c.req.raw, c, kept);
    const outcome = isPromise(reading) ? await reading : reading;
    const answer = answerInstead(verifier, outcome);
    if (answer !== undefined) {
      const error = mistake(answer);
      if (error !== undefined) throw error;
      const response = answerResponse(answer, node === undefined ? c.req.raw : undefined);
      if (node !== undefined && closing(node.incoming) !== undefined) response.headers.set("connection", "close");
      return response;
    }
    const delivery = outcome as Delivery<Payload<P, Schema, Kind>>;
    c.set("webhook", delivery);
    if (kept === undefined) c.req.bodyCache = { arrayBuffer: new VerifiedBytes(delivery.body) as never };
    if (!delivery.claimed || verifier.settings.manual) return next();
    delivery.hold();
    try {
      await next();
    } catch (error) {
      await delivery.settle(false);
      throw error;
    }
    if (c.error === undefined) c.res = await settleResponse(verifier, delivery, c.res);
    else await delivery.settle(false);
    return undefined;
  };
}

/** What `@hono/node-server` hands to the application. */
interface NodeBindings {
  readonly incoming: NodeRequest;
}
