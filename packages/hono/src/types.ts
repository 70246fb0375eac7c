import type { Delivery } from "@countersign/core";

/** What the middleware adds to a route: `c.var.webhook`. */
export interface WebhookEnv<Payload> {
  /** What Hono merges into `c.var` of the handlers behind the middleware. */
  Variables: {
    /** The proven delivery: its payload, bytes, time and key, and `commit()` and `release()`. */
    webhook: Delivery<Payload>;
  };
}
