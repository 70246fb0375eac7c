import type { Payload, PayloadKind, Provider, StandardSchema, VerifierOptions } from "@countersign/core";
import { admitIncoming, createReceiver } from "@countersign/core/adapter";
import type { Request } from "express";
import type { WebhookHandler } from "./types.ts";

/**
 * Middleware that lets only genuine, fresh, whole webhooks through to the next handler, which finds the delivery in
 * `req.webhook`. Everything else is answered with a bare status; `onReject` is told why.
 *
 * It reads the body itself: mount `express.json()` behind it, or give that parser `{ verify: keepRawBody }`. The
 * delivery is settled when the handler ends the response: 2xx commits, anything else releases. A `secret` function is
 * given the Express request as its second argument.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import express from "express";
 * import { tailscale } from "@countersign/core/providers";
 * import { webhook } from "@countersign/express";
 *
 * const app = express();
 * app.post("/hooks/tailscale", webhook(tailscale, { secret: "tskey-webhook-xxxxx" }), (req, res) => {
 *   for (const event of req.webhook.payload) console.log(event.type, event.message);
 *   res.sendStatus(204);
 * });
 * ```
 */
export function webhook<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
>(
  provider: P,
  options: VerifierOptions<Schema, Kind, Request, Payload<P, Schema, Kind>>,
): WebhookHandler<Payload<P, Schema, Kind>> {
  const receiver = createReceiver(provider, options);
  return function verifyWebhook(message, res, next) {
    const req = message as Request;
    admitIncoming(receiver, {
      request: req,
      response: res,
      context: req,
      accepted(delivery) {
        req.webhook = delivery;
        next();
      },
      mistaken: next,
    });
  };
}
