import type { IncomingMessage } from "node:http";
import type { Delivery } from "@countersign/core";
import type { NextFunction, Response } from "express";

/**
 * How the payload's type travels from the middleware to the handlers behind it on the same route: Express infers the
 * locals of all handlers of a route together, and `req.webhook` reads its type from there. Nothing stands in
 * `res.locals` at run time.
 */
export interface WebhookLocals<Payload> extends Record<string, any> {
  /** Carries the payload's type between the handlers of a route. Never there at run time: read `req.webhook`. */
  readonly "~webhook"?: Payload;
}

/**
 * What `webhook()` returns. It names no type of Express's for the request, so that `req.params` and `req.query` of the
 * handlers behind it stay what the route's path says.
 */
export type WebhookHandler<Payload> = (
  req: IncomingMessage,
  res: Response<any, WebhookLocals<Payload>>,
  next: NextFunction,
) => void;

type PayloadIn<Locals> = Locals extends { readonly "~webhook"?: infer Payload } ? Exclude<Payload, undefined> : unknown;

declare module "express-serve-static-core" {
  interface Request<P, ResBody, ReqBody, ReqQuery, LocalsObj extends Record<string, any>> {
    /** The proven delivery, behind `webhook()` on the route. */
    webhook: Delivery<PayloadIn<LocalsObj>>;
  }
}
