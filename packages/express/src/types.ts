import type { Delivery } from "@countersign/core";

/**
 * How the payload's type travels from the middleware to the handlers behind it on the same route: Express infers the
 * locals of all handlers of a route together, and `req.webhook` reads its type from there. Nothing stands in
 * `res.locals` at run time.
 */
export interface WebhookLocals<Payload> extends Record<string, any> {
  /** Carries the payload's type between the handlers of a route. Never there at run time: read `req.webhook`. */
  readonly "~webhook"?: Payload;
}

type PayloadIn<Locals> = Locals extends { readonly "~webhook"?: infer Payload } ? Exclude<Payload, undefined> : unknown;

declare module "express-serve-static-core" {
  interface Request<P, ResBody, ReqBody, ReqQuery, LocalsObj extends Record<string, any>> {
    /** The proven delivery, behind `webhook()` on the route. */
    webhook: Delivery<PayloadIn<LocalsObj>>;
  }
}
